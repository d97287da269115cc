"""int8 models of small networks, and the pictures that they need."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.errors import FaceclusterError, ModelError  # noqa: E402
from facecluster.train.config import DataConfig, TrainConfig  # noqa: E402
from facecluster.train.onnx.exporter import Procedure, export_onnx  # noqa: E402
from facecluster.train.onnx.int8 import Agreement, Int8Floors, agreement, quantized  # noqa: E402
from facecluster.train.onnx.int8_pictures import (  # noqa: E402
    Int8Pictures,
    from_folder,
    int8_pictures,
    rgb,
)
from facecluster.train.onnx.parity import sample_crops  # noqa: E402
from tests.support.small_networks import MIRRORED, small_checkpoint  # noqa: E402


def silent(what: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(scope="module")
def float32(tmp_path_factory):
    torch.set_num_threads(1)
    return export_onnx(small_checkpoint(), tmp_path_factory.mktemp("float32") / "model.onnx")


@pytest.fixture
def traced_before(float32) -> Procedure:
    made = onnx.load(float32.path)
    return Procedure(tracer=lambda *_: (made, ()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """40 pictures in two folders, one of them damaged, and a text."""
    pictures = tmp_path / "pictures"
    for i, crop in enumerate(sample_crops(40, 24)):
        path = pictures / "ab"[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(crop).save(path)
    (pictures / "a" / "0.png").write_bytes(b"no picture")
    (pictures / "notes.txt").write_text("no picture either")
    return pictures


def test_convolutions_have_int8_weights_and_the_head_has_not(float32) -> None:
    exact = onnx.load(float32.path)
    made = quantized(float32.path, sample_crops(8, 16))
    int8 = [t for t in made.graph.initializer if t.data_type == onnx.TensorProto.INT8]
    kernels = [t for t in int8 if len(t.dims) == 4]
    assert len(kernels) == sum(node.op_type == "Conv" for node in exact.graph.node)
    assert max(np.abs(onnx.numpy_helper.to_array(t).astype(int)).max() for t in kernels) <= 64
    (head,) = [node for node in made.graph.node if node.op_type == "Gemm"]
    floats = {t.name for t in made.graph.initializer if t.data_type == onnx.TensorProto.FLOAT}
    assert head.input[1] in floats
    assert len(made.SerializeToString()) < len(exact.SerializeToString()) / 2


def test_agreement_is_one_for_a_model_and_itself(float32) -> None:
    found = agreement(float32.path, float32.path, sample_crops(40, 16))
    assert found.pictures == 40
    assert found.mean_cosine == pytest.approx(1, abs=1e-6)
    assert found.lowest_cosine == pytest.approx(1, abs=1e-6)
    assert found.speedup > 0


def test_limits_of_agreement() -> None:
    usual = Int8Floors()
    assert Agreement(9, 0.98, 0.9, 2).reaches(usual)
    assert not Agreement(9, 0.979, 0.9, 2).reaches(usual)
    assert not Agreement(9, 0.98, 0.89, 2).reaches(usual)
    assert not Agreement(9, float("nan"), float("nan"), 2).reaches(usual)
    assert not Agreement(9, 0.98, 0.9, 2).reaches(Int8Floors(0.998, 0.95))


def test_a_folder_of_pictures_calibrates(folder: Path, tmp_path: Path, traced_before) -> None:
    gone = TrainConfig(DataConfig(str(tmp_path / "moved away")))
    checkpoint = small_checkpoint(config=gone)
    pictures = int8_pictures(checkpoint, folder, silent)
    assert len(pictures.calibration) + len(pictures.judged) == 39
    assert len(pictures.calibration) == 39 * 256 // 456
    assert "distances are those of the float32 model" in pictures.notes[0]
    made = export_onnx(checkpoint, tmp_path / "int8.onnx", int8=pictures, procedure=traced_before)
    assert made.agreement is not None
    assert made.agreement.pictures == len(pictures.judged)
    assert (made.spec.name, made.spec.far_table) == ("tiny-16-int8", MIRRORED.far_table)
    assert made.spec.measured_on.endswith("with mirror view; before quantisation to int8")
    assert Embedder(made.path, "cpu").spec == made.spec
    assert made.bytes < 0.5 * sum(v.nbytes for v in checkpoint.weights.values())
    assert {path.name for path in tmp_path.iterdir()} == {"pictures", "int8.onnx"}


def test_too_few_pictures_are_counted(folder: Path) -> None:
    for i in range(1, 9):
        (folder / "ab"[i % 2] / f"{i}.png").unlink()
    with pytest.raises(FaceclusterError, match="31 pictures that can be read, at least 32"):
        from_folder(folder, small_checkpoint().spec(), silent)
    with pytest.raises(FaceclusterError, match="0 pictures with a face, at least 32"):
        from_folder(folder, small_checkpoint(aligned=True).spec(), silent)


def test_distances_are_measured_anew_on_the_run_s_own_pictures(
    tmp_path: Path, traced_before
) -> None:
    checkpoint = small_checkpoint(config=TrainConfig(DataConfig("digits")))
    pictures = int8_pictures(checkpoint, None, silent)
    assert pictures.calibration.shape == (256, 16, 16, 3)
    assert pictures.judged.shape == (200, 16, 16, 3)
    assert pictures.notes == ()
    unseen = pictures.validation
    assert unseen is not None
    made = export_onnx(checkpoint, tmp_path / "int8.onnx", int8=pictures, procedure=traced_before)
    assert made.spec.measured_on == f"{unseen.about}, with mirror view, int8"
    crops, labels = rgb(unseen.pictures.pixels[unseen.rows]), unseen.pictures.labels[unseen.rows]
    found, _ = Embedder(made.path, "cpu").embed(crops)
    strangers = np.triu(labels[:, None] != labels[None], 1)
    distances = np.sort(1 - (found @ found.T)[strangers])
    for rate, distance in made.spec.far_table:
        share = np.searchsorted(distances, distance, side="right") / len(distances)
        assert share == pytest.approx(rate, rel=0.05)


def test_pictures_that_are_gone_are_told() -> None:
    checkpoint = small_checkpoint(config=TrainConfig(DataConfig("/nowhere/at/all")))
    with pytest.raises(FaceclusterError, match=r"`int8` needs pictures.*with `calibration`"):
        int8_pictures(checkpoint, None, silent)


def test_an_int8_model_that_is_too_far_away_is_not_written(tmp_path: Path, traced_before) -> None:
    grey = np.full((40, 16, 16, 3), 128, np.uint8)  # ranges that no other picture fits
    pictures = Int8Pictures(grey, sample_crops(40, 16))
    with pytest.raises(ModelError, match=r"too far from the float32 one .* not written"):
        export_onnx(
            small_checkpoint(), tmp_path / "int8.onnx", int8=pictures, procedure=traced_before
        )
    assert not list(tmp_path.iterdir())


def test_a_slow_int8_model_is_mentioned(tmp_path: Path, traced_before) -> None:
    found = Agreement(200, 0.999, 0.99, 0.7)
    slow = replace(traced_before, judge=lambda *_: found)
    pictures = Int8Pictures(sample_crops(8, 16), sample_crops(8, 16))
    made = export_onnx(small_checkpoint(), tmp_path / "int8.onnx", int8=pictures, procedure=slow)
    assert made.notes == ("the int8 model is slower here than the float32 one; leave `int8` out",)


def test_a_grey_value_stands_for_all_colours() -> None:
    grey = np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1)
    assert (rgb(grey) == grey).all()
    assert rgb(grey).shape == (2, 2, 2, 3)
    colour = sample_crops(2, 8)
    np.testing.assert_array_equal(rgb(colour), colour)
    assert replace(small_checkpoint(), mirror=False).spec().far_table == ()
