"""The int8 recipe: what it quantises, what it leaves alone, and what it says without pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from export import crowding, dlib_proof, dlib_resnet, quantize, recipe  # noqa: E402
from facecluster.distances import units  # noqa: E402
from facecluster.embed.crowding_graph import put_crowding, take_crowding  # noqa: E402
from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.embed.onnx_graph import content_of, set_spec  # noqa: E402
from facecluster.errors import ModelError  # noqa: E402
from tests.support.crowding import random_network  # noqa: E402


@pytest.fixture(scope="module")
def made():
    """A model calibrated on noise: good enough to look at its structure."""
    return quantize.quantized(dlib_resnet.TARGET, dlib_proof.sample_crops(6))


def test_all_convolutions_and_nothing_else_has_int8_weights(made) -> None:
    int8 = [t for t in made.graph.initializer if t.data_type == onnx.TensorProto.INT8]
    kernels = [t for t in int8 if len(t.dims) == 4]
    assert len(kernels) == 29
    assert max(np.abs(onnx.numpy_helper.to_array(t).astype(int)).max() for t in kernels) <= 64
    head = [t for t in made.graph.initializer if t.name == "head_weight"]
    assert [t.data_type for t in head] == [onnx.TensorProto.FLOAT]


def test_result_is_an_embedder_of_its_own(made, tmp_path: Path) -> None:
    path = tmp_path / "int8.onnx"
    path.write_bytes(content_of(made))
    embedder = Embedder(path, "cpu")
    assert embedder.spec == recipe.spec("dlib-resnet-int8", recipe.FAR_TABLE_INT8)
    crops = dlib_proof.sample_crops(5)
    exact, _ = Embedder(dlib_resnet.TARGET, "cpu").embed(crops)
    assert (embedder.embed(crops)[0] * units(exact)).sum(axis=1).min() > 0.98


def test_a_network_is_put_behind_and_not_quantised(made, tmp_path: Path) -> None:
    """Whether the float32 model had one already or not."""
    network = random_network(128)
    other = onnx.load(dlib_resnet.TARGET)
    put_crowding(other, random_network(128, seed=5))
    (tmp_path / "other.onnx").write_bytes(content_of(other))
    crops = dlib_proof.sample_crops(6)
    found = quantize.quantized(tmp_path / "other.onnx", crops, network)
    assert crowding.difference(found, network) < crowding.TOLERANCE
    take_crowding(found)
    set_spec(found, recipe.spec("dlib-resnet-int8", recipe.FAR_TABLE_INT8))
    assert content_of(found) == content_of(made)


def test_same_crops_give_the_same_bytes(made) -> None:
    again = quantize.quantized(dlib_resnet.TARGET, dlib_proof.sample_crops(6))
    assert again.SerializeToString(deterministic=True) == made.SerializeToString(deterministic=True)


def test_without_portraits_it_says_so_and_leaves_the_model(tmp_path: Path, capsys) -> None:
    before = quantize.INT8_TARGET.read_bytes()
    assert quantize.main(["--faces", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert "0 pictures with a face, 456 needed" in message
    assert message.count("\n") == 1
    assert quantize.INT8_TARGET.read_bytes() == before


def test_too_few_portraits_are_counted(tmp_path: Path, astronaut) -> None:
    from PIL import Image

    Image.fromarray(astronaut).save(tmp_path / "one.jpg")
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "black.jpg")
    with pytest.raises(ModelError, match="1 pictures with a face, 2 needed"):
        quantize.portraits(tmp_path, 2)
    assert quantize.portraits(tmp_path, 1).shape == (1, 150, 150, 3)


@pytest.mark.realdata
def test_shipped_model_stays_close_on_real_faces(shared_data: Path) -> None:
    crops = quantize.portraits(shared_data / "pins44", 60)
    assert quantize.prove(quantize.INT8_TARGET, crops)
