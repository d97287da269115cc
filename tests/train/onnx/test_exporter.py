"""The exported file: does it compute what the network does, and does a failure leave nothing?"""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.errors import ModelError, OutputError, SettingsError  # noqa: E402
from facecluster.train.onnx import exporter  # noqa: E402
from facecluster.train.onnx.exporter import Procedure, export_onnx  # noqa: E402
from facecluster.train.onnx.parity import sample_crops  # noqa: E402
from tests.support.crowding import crowded, random_network  # noqa: E402
from tests.support.small_networks import MIRRORED, small_checkpoint  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A checkpoint and what was exported from it."""
    checkpoint = small_checkpoint()
    path = tmp_path_factory.mktemp("tiny") / "model.onnx"
    return checkpoint, export_onnx(checkpoint, path)


@pytest.fixture
def traced_before(tiny) -> Procedure:
    """Spare the exporter's seconds where a test is about what comes after it."""
    made = onnx.load(tiny[1].path)
    return Procedure(tracer=lambda *_: (made, ()))


def expected(checkpoint, crops: np.ndarray, mirror: bool) -> tuple[np.ndarray, np.ndarray]:
    """Picture by picture and view by view, with Pillow's grey where the network wants grey."""
    network, embeddings, consistency = checkpoint.network(), [], []
    mode = "L" if checkpoint.shape.channels == 1 else "RGB"
    for crop in crops:
        pixels = np.asarray(Image.fromarray(crop).convert(mode)).reshape(*crop.shape[:2], -1)
        views = []
        for view in (pixels, pixels[:, ::-1]) if mirror else (pixels,):
            with torch.no_grad():
                row = torch.from_numpy(view.transpose(2, 0, 1).copy())[None]
                views.append(network(row)[0].numpy().astype(np.float64))
        mean = np.mean(views, axis=0)
        embeddings.append(mean / np.linalg.norm(mean))
        consistency.append(views[0] @ views[-1])
    return np.array(embeddings), np.array(consistency)


def test_an_export_takes_a_crowding_network(tiny, tmp_path: Path) -> None:
    _, done = tiny
    plain = Embedder(done.path, "cpu")
    network = random_network(done.spec.dimension)
    crops = sample_crops(9, done.spec.crop_size)
    found = Embedder(crowded(done.path, tmp_path / "a.onnx", network), "cpu").embed(crops)[0]
    np.testing.assert_allclose(found, network.scaled(plain.embed(crops)[0]), atol=1e-4)


@pytest.mark.parametrize(
    ("backbone", "size", "channels", "mirror"),
    [
        ("tiny", 20, 1, True),
        ("squeezenet", 32, 1, False),
        ("mobilefacenet", 16, 3, True),
    ],
)
def test_file_computes_what_the_network_does(
    tmp_path: Path, backbone: str, size: int, channels: int, mirror: bool
) -> None:
    checkpoint = small_checkpoint(backbone, size, channels, mirror)
    made = export_onnx(checkpoint, tmp_path / "model.onnx")
    assert made.parity.difference < 1e-5
    kinds = {node.op_type for node in onnx.load(made.path).graph.node}
    assert not kinds & {"BatchNormalization", "PRelu"}
    embedder = Embedder(made.path, "cpu")
    for count in (1, 7, 33):
        crops = sample_crops(count, size)
        embedding, consistency = embedder.embed(crops)
        wanted = expected(checkpoint, crops, mirror)
        np.testing.assert_allclose(embedding, wanted[0], atol=2e-6)
        np.testing.assert_allclose(consistency, wanted[1], atol=2e-6)
    nothing = embedder.embed(np.empty((0, size, size, 3), np.uint8))
    assert [part.shape for part in nothing] == [(0, 16), (0,)]


def test_mirror_can_be_switched(tmp_path: Path, tiny) -> None:
    checkpoint, made = tiny
    plain = export_onnx(checkpoint, tmp_path / "plain.onnx", mirror=False)
    crops = sample_crops(5, 16)
    embedding, consistency = Embedder(plain.path, "cpu").embed(crops)
    np.testing.assert_allclose(embedding, expected(checkpoint, crops, False)[0], atol=2e-6)
    assert (consistency == 1).all()
    assert np.abs(embedding - Embedder(made.path, "cpu").embed(crops)[0]).max() > 1e-3
    assert made.notes == ()
    assert "not measured without mirror view: 0.5 is a guess" in plain.notes[0]


def test_file_says_what_it_is(tiny, tmp_path: Path, traced_before) -> None:
    checkpoint, made = tiny
    spec = Embedder(made.path, "cpu").spec
    assert spec == made.spec == checkpoint.spec()
    assert (spec.name, spec.align, spec.distance) == ("tiny-16", "none", MIRRORED.distance)
    assert made.path.stat().st_size == made.bytes
    assert Embedder(made.path).model_id == made.sha256[:16]
    named = export_onnx(
        replace(checkpoint, aligned=True),
        tmp_path / "x.onnx",
        name="mine",
        licence="CC0-1.0",
        procedure=traced_before,
    )
    assert (named.spec.name, named.spec.licence, named.spec.align) == ("mine", "CC0-1.0", "faces")
    assert Embedder(named.path, "cpu").spec == named.spec


def test_graph_is_lean_and_tells_no_tales(tiny) -> None:
    made = onnx.load(tiny[1].path)
    kinds = {node.op_type for node in made.graph.node}
    assert "Conv" in kinds
    assert not kinds & {"BatchNormalization", "Dropout", "Identity", "Gather", "Range", "If"}
    assert {entry.domain: entry.version for entry in made.opset_import} == {"": 18}
    assert not made.functions
    assert not any(node.metadata_props or node.doc_string for node in made.graph.node)
    content = tiny[1].path.read_bytes()
    for trail in (b"torch", b".py", os.fsencode(Path(exporter.__file__).parent), b"File "):
        assert trail not in content
    for tensor in made.graph.initializer:
        assert not tensor.external_data


def test_same_checkpoint_gives_the_same_bytes_and_no_chatter(tiny, tmp_path: Path, capfd) -> None:
    assert export_onnx(tiny[0], tmp_path / "again.onnx").sha256 == tiny[1].sha256
    assert capfd.readouterr() == ("", "")


def test_warnings_of_pytorch_reach_the_user(tiny, tmp_path: Path, monkeypatch) -> None:
    import warnings

    exported = torch.onnx.export

    def loud(*args, **settings):
        warnings.warn("weights are\n odd", UserWarning, stacklevel=1)
        warnings.warn("old habit", DeprecationWarning, stacklevel=1)
        return exported(*args, **settings)

    monkeypatch.setattr(torch.onnx, "export", loud)
    made = export_onnx(tiny[0], tmp_path / "model.onnx")
    assert made.notes == ("PyTorch says: weights are odd",)


def test_the_highest_opset(tiny, tmp_path: Path) -> None:
    made = export_onnx(tiny[0], tmp_path / "model.onnx", opset=23)
    assert onnx.load(made.path).opset_import[0].version == 23


@pytest.mark.parametrize("opset", [17, 24])
def test_opsets_out_of_range_are_refused(tiny, tmp_path: Path, opset: int) -> None:
    with pytest.raises(SettingsError, match=f"`opset` {opset}: give 18 to 23"):
        export_onnx(tiny[0], tmp_path / "model.onnx", opset=opset)


def test_an_opset_that_the_converter_cannot_reach_is_told(tiny, tmp_path: Path):
    older = Procedure(opsets=(10, 23))
    with pytest.raises(Exception, match="`opset` 13: this PyTorch cannot write it") as caught:
        export_onnx(tiny[0], tmp_path / "model.onnx", opset=13, procedure=older)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def tampered(tiny) -> Procedure:
    """The largest kernel of the graph has lost a tenth."""
    made = onnx.load(tiny[1].path)
    kernel = max(made.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    kernel.raw_data = (onnx.numpy_helper.to_array(kernel) * np.float32(0.9)).tobytes()
    return Procedure(tracer=lambda *_: (made, ()))


@pytest.mark.parametrize("older", [None, b"an older model"])
def test_a_file_that_differs_is_not_written(tiny, tmp_path: Path, tampered, older) -> None:
    target = tmp_path / "model.onnx"
    if older:
        target.write_bytes(older)
    with pytest.raises(ModelError, match=r"differs from PyTorch by .*: not written"):
        export_onnx(tiny[0], target, procedure=tampered)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([older] if older else [])


def test_weights_that_are_not_finite_are_told(tiny, tmp_path: Path, traced_before) -> None:
    weights = {key: value.clone() for key, value in tiny[0].weights.items()}
    next(value for value in weights.values() if value.ndim == 4)[0, 0, 0, 0] = float("nan")
    with pytest.raises(ModelError, match="not finite: its weights are damaged"):
        export_onnx(
            replace(tiny[0], weights=weights), tmp_path / "model.onnx", procedure=traced_before
        )
    assert not list(tmp_path.iterdir())


def test_weights_of_another_backbone_are_told(tiny, tmp_path: Path) -> None:
    other = replace(tiny[0], weights=small_checkpoint("squeezenet", 16).weights)
    with pytest.raises(ModelError, match="the weights do not fit tiny"):
        export_onnx(other, tmp_path / "model.onnx")


def test_a_full_disk_leaves_nothing(tiny, tmp_path: Path, traced_before, monkeypatch) -> None:
    target = tmp_path / "model.onnx"
    target.write_bytes(b"an older model")
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        whole(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"model\.onnx: cannot be written \(No space left"):
        export_onnx(tiny[0], target, procedure=traced_before)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"an older model"]


def test_a_folder_that_takes_no_files_is_told(
    tiny, tmp_path: Path, traced_before, monkeypatch
) -> None:
    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match=r"cannot be written \(Permission denied\)"):
        export_onnx(tiny[0], tmp_path / "model.onnx", procedure=traced_before)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"file/model\.onnx: cannot be written"):
        export_onnx(tiny[0], tmp_path / "file" / "model.onnx", procedure=traced_before)
