"""The shipped float32 embedder, the PyTorch module and dlib itself say the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from export import crowding, dlib_dat, dlib_proof, dlib_resnet, familiarity, weights  # noqa: E402
from facecluster.distances import units  # noqa: E402
from facecluster.errors import ModelError  # noqa: E402
from facecluster.runtime import session  # noqa: E402
from facecluster.train.backbones.dlib_resnet import MEAN_RGB, SCALE, DlibResNet  # noqa: E402
from facecluster.train.backbones.dlib_weights import unfolded_weights  # noqa: E402


@pytest.fixture(scope="module")
def dat() -> Path:
    if not weights.DLIB_RESNET.file.is_file():
        pytest.skip("the weight file is not in .cache/weights (python -m export.weights)")
    return weights.DLIB_RESNET.file


@pytest.fixture(scope="module")
def shipped():
    return onnx.load(dlib_resnet.TARGET)


@pytest.fixture(scope="module")
def module(shipped):
    """The PyTorch module, filled back from the shipped file: needs no download."""
    module = DlibResNet().eval()
    module.load_state_dict(unfolded_weights(shipped))
    return module


@pytest.fixture(scope="module")
def crops(astronaut, hopper) -> np.ndarray:
    """Two faces, roughly cut out, and noise of several coarsenesses."""
    faces = [astronaut[40:190, 150:300], hopper[70:220, 190:340]]
    return np.stack([*faces, *dlib_proof.sample_crops(5)])


@pytest.mark.parametrize("count", [1, 7, 64])
def test_shipped_file_agrees_with_the_module(shipped, module, count) -> None:
    crops = dlib_proof.sample_crops(count)
    raw = dlib_proof.views(shipped, crops)
    np.testing.assert_allclose(raw, dlib_proof.reference(module, crops), atol=1e-5)


def test_outputs_are_the_normalised_mean_and_the_cosine_of_both_views(module, crops) -> None:
    first, second = np.split(dlib_proof.reference(module, crops), 2)
    mean = (first + second) / 2
    run = session(dlib_resnet.TARGET.read_bytes(), "cpu").run  # as the graph gives them
    embeddings, consistency = run(["embedding", "consistency"], {"crops": crops})
    wanted = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(units(embeddings), wanted, atol=1e-5)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    np.testing.assert_allclose(consistency, (first * second).sum(axis=1) / lengths, atol=1e-5)


def test_shipped_file_agrees_with_dlib(shipped, dat, crops) -> None:
    pytest.importorskip("dlib")
    peer = dlib_proof.dlib_says(dat, crops)
    np.testing.assert_allclose(dlib_proof.views(shipped, crops), peer, atol=1e-5)


def test_module_filled_from_the_file_agrees_with_dlib(dat, crops) -> None:
    pytest.importorskip("dlib")
    module = dlib_resnet.filled(dlib_dat.read(dat))
    peer = dlib_proof.dlib_says(dat, crops)
    np.testing.assert_allclose(dlib_proof.reference(module, crops), peer, atol=1e-5)


def test_rebuilding_gives_the_shipped_bytes(dat) -> None:
    module = dlib_resnet.filled(dlib_dat.read(dat))
    kept = crowding.kept_network(), familiarity.kept_familiarity()
    made = dlib_resnet.build(module, *kept)
    assert made.SerializeToString(deterministic=True) == dlib_resnet.TARGET.read_bytes()


def test_file_states_the_scaling_that_we_use(dat) -> None:
    network = dlib_dat.read(dat)
    np.testing.assert_allclose(network.mean_rgb, MEAN_RGB, rtol=1e-6)
    assert (network.height, network.width, SCALE) == (150, 150, 1 / 256)
    assert weights.fetch(weights.DLIB_RESNET) == dat  # its checksum is the one in the code


@pytest.mark.parametrize(
    ("at", "message"), [(0, "byte 0"), (3, "outermost"), (5000, "ends within")]
)
def test_damaged_file_is_refused_with_its_place(dat, tmp_path, at, message) -> None:
    content = bytearray(dat.read_bytes()[:6000])
    damaged = tmp_path / "damaged.dat"
    if at == 5000:
        content = content[:at]
    else:
        content[at + 1 : at + 2] = b"\x07"
    damaged.write_bytes(content)
    with pytest.raises(ModelError, match=rf"damaged\.dat: .*{message}"):
        dlib_dat.read(damaged)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"\x01\x00", 0),
        (b"\x01\x80", 128),
        (b"\x81\x18", -24),
        (b"\x02\x80\x12", 4736),
        (b"\x03\x0a\xd7\xa3", 0xA3D70A),
    ],
)
def test_integers(content, value) -> None:
    assert dlib_dat.Stream(content).integer() == value


def test_real_is_mantissa_and_exponent() -> None:
    assert dlib_dat.Stream(b"\x03\x62\x90\xf5\x81\x11").real() == pytest.approx(122.782)


def test_failed_proof_leaves_no_file(dat, tmp_path, capsys) -> None:
    target = tmp_path / "embedder.onnx"
    target.write_bytes(b"an older model")

    def another_network(path, crops):
        return np.zeros((2 * len(crops), 128), np.float32)

    assert dlib_resnet.main(target, peer=another_network) == 1
    assert not target.exists()
    assert "no model written" in capsys.readouterr().err
