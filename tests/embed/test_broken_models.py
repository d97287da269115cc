"""A model that gives no embeddings is named, before a photo is read or as soon as it happens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.config import ReadConfig, Settings
from facecluster.embed.embedder import Embedder
from facecluster.errors import ModelError
from facecluster.group import group
from facecluster.runtime import session

onnx = pytest.importorskip("onnx")

from onnx import helper, numpy_helper  # noqa: E402

from facecluster.embed.onnx_anatomy import onnx_anatomy  # noqa: E402
from tests.support.colour_model import write_colour_model  # noqa: E402


def with_end(path: Path, *nodes: onnx.NodeProto, **constants: float | list[float]) -> Path:
    """The colour model, its embedding `plain` made into `embedding` by these nodes."""
    made = onnx.load(write_colour_model(path))
    for node in made.graph.node:
        node.input[:] = ["plain" if name == "embedding" else name for name in node.input]
        node.output[:] = ["plain" if name == "embedding" else name for name in node.output]
    made.graph.node.extend(nodes)
    for name, value in constants.items():
        tensor = numpy_helper.from_array(np.array(value, np.float32), name)
        made.graph.initializer.append(tensor)
    onnx.save(made, path)
    return path


def times(path: Path, factor: float | list[float]) -> Path:
    return with_end(path, helper.make_node("Mul", ["plain", "f"], ["embedding"]), f=factor)


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (float("nan"), "not numbers"),
        (float("inf"), "not numbers"),
        ([1.0, float("nan"), 1.0], "not numbers"),
        (0.0, "length 0, where 1 is wanted"),
        (3.0, "length 3, where 1 is wanted"),
        (1e-20, "length 1e-20, where 1 is wanted"),
    ],
)
def test_no_embeddings_are_told_when_the_model_is_opened(
    tmp_path: Path, factor: float | list[float], said: str
) -> None:
    with pytest.raises(ModelError, match=rf"a\.onnx: gives embeddings .*{said}"):
        Embedder(times(tmp_path / "a.onnx", factor), "cpu")


def test_nan_for_some_crops_is_told_when_it_comes(tmp_path: Path) -> None:
    """What is below -0.7 has no square root any more: black with some blue, and not noise."""
    nodes = [
        helper.make_node("Add", ["plain", "shift"], ["moved"]),
        helper.make_node("Sqrt", ["moved"], ["root"]),
        helper.make_node("Mul", ["root", "nothing"], ["zero"]),
        helper.make_node("Add", ["plain", "zero"], ["embedding"]),
    ]
    path = with_end(tmp_path / "a.onnx", *nodes, shift=0.7, nothing=0.0)
    embedder = Embedder(path, "cpu")
    fine, black = np.full((1, 8, 8, 3), 200, np.uint8), np.zeros((1, 8, 8, 3), np.uint8)
    black[..., 2] = 90
    embedder.embed(fine)
    with pytest.raises(ModelError, match=r"a\.onnx: gives embeddings that are not numbers"):
        embedder.embed(np.concatenate([fine, black]))


def test_a_graph_that_cannot_be_run(tmp_path: Path) -> None:
    node = helper.make_node("Reshape", ["plain", "five"], ["embedding"])
    path = with_end(tmp_path / "a.onnx", node)
    made = onnx.load(path)
    made.graph.initializer.append(numpy_helper.from_array(np.array([-1, 5]), "five"))
    onnx.save(made, path)
    with pytest.raises(ModelError, match=r"a\.onnx: .*(cannot be run|must take)"):
        Embedder(path, "cpu")


@pytest.mark.parametrize("word", [b"mean-colour", b"facecluster.name", b"crops", b"consistency"])
def test_texts_that_are_not_utf8(tmp_path: Path, word: bytes) -> None:
    path = write_colour_model(tmp_path / "a.onnx")
    path.write_bytes(path.read_bytes().replace(word, b"\x80" + word[1:]))
    for door in (Embedder, onnx_anatomy, session):
        with pytest.raises(ModelError, match=r"a\.onnx: "):
            door(path)


def test_a_run_with_such_a_model_ends_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (80, 60)).save(tmp_path / "photos" / "a.png")
    path = times(tmp_path / "nan.onnx", float("nan"))
    with pytest.raises(ModelError, match=r"nan\.onnx: gives embeddings that are not numbers"):
        group(tmp_path / "photos", Settings(read=ReadConfig(model=path)))
