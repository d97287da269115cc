"""Embedders from elsewhere, as files of ours, against numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper  # noqa: E402

from facecluster.embed.adopted_graph import Preparation  # noqa: E402
from facecluster.embed.adoption import ARCFACE_TEMPLATE, adopt  # noqa: E402
from facecluster.embed.embedder import Embedder  # noqa: E402
from facecluster.embed.foreign import read_foreign  # noqa: E402
from facecluster.embed.spec import ModelSpec  # noqa: E402
from facecluster.errors import ModelError, SettingsError  # noqa: E402
from tests.support.crowding import crowded, random_network  # noqa: E402
from tests.support.foreign_graphs import DIMENSION, Weights, write_foreign  # noqa: E402

USUAL = Preparation((127.5,) * 3, (127.5,) * 3, bgr=False, mirror=True)
ODD = Preparation((100.0, 110.0, 120.0), (50.0, 60.0, 70.0), bgr=True, mirror=True)


def spec_of(size: int = 112) -> ModelSpec:
    return ModelSpec(
        name="foreign",
        crop_size=size,
        template=ARCFACE_TEMPLATE,
        dimension=DIMENSION,
        far_table=(),
        measured_on="",
        distance=0.5,
        licence="none",
        provenance="made by a test",
        training_data="none",
    )


def by_hand(weights: Weights, crops: np.ndarray, how: Preparation) -> tuple[np.ndarray, np.ndarray]:
    """Embedding and consistency, in float64."""

    def unit(rows: np.ndarray) -> np.ndarray:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def raw(views: np.ndarray) -> np.ndarray:
        planes = []
        for colour in (2, 1, 0) if how.bgr else (0, 1, 2):
            planes.append((views[..., colour] - how.mean[colour]) / how.std[colour])
        return weights.by_hand(np.stack(planes, axis=1))

    plain = raw(crops)
    if not how.mirror:
        return unit(plain), np.ones(len(crops))
    mirrored = raw(crops[:, :, ::-1])
    return unit(plain + mirrored), (unit(plain) * unit(mirrored)).sum(axis=1)


@pytest.mark.parametrize("how", [USUAL, ODD, Preparation((0.0,) * 3, (255.0,) * 3, False, False)])
@pytest.mark.parametrize(
    "file",
    [
        {},
        {"batch": 1},
        {"batch": 4, "opset": 13},
        {"channels_last": True, "opset": 18},
        {"channels_last": True, "open_size": True},
        {"weights_as_inputs": True, "opset": 9},
        {"column": True, "batch": 1, "opset": 17},
        {"open_size": True, "opset": 10},
    ],
    ids=str,
)
def test_adopted_file_says_what_numpy_says(tmp_path: Path, rng, file, how) -> None:
    weights = write_foreign(tmp_path / "foreign.onnx", **file)
    foreign = read_foreign(tmp_path / "foreign.onnx", size=112)
    (tmp_path / "ours.onnx").write_bytes(adopt(foreign, how, spec_of()))
    crops = rng.integers(0, 256, (7, 112, 112, 3), np.uint8)
    embeddings, consistency = Embedder(tmp_path / "ours.onnx", "cpu").embed(crops)
    wanted, close = by_hand(weights, crops, how)
    np.testing.assert_allclose(embeddings, wanted, atol=2e-5)
    np.testing.assert_allclose(consistency, close, atol=2e-5)


@pytest.mark.parametrize(
    "file",
    [{}, {"batch": 1}, {"open_size": True, "opset": 10}, {"half": True, "opset": 13}],
    ids=str,
)
def test_adopted_file_takes_a_crowding_network(tmp_path: Path, rng, file) -> None:
    write_foreign(tmp_path / "foreign.onnx", **file)
    foreign = read_foreign(tmp_path / "foreign.onnx", size=112)
    (tmp_path / "plain.onnx").write_bytes(adopt(foreign, USUAL, spec_of()))
    network = random_network(DIMENSION)
    path = crowded(tmp_path / "plain.onnx", tmp_path / "ours.onnx", network)
    crops = rng.integers(0, 256, (7, 112, 112, 3), np.uint8)
    plain, found = (Embedder(p, "cpu").embed(crops)[0] for p in (tmp_path / "plain.onnx", path))
    np.testing.assert_allclose(found, network.scaled(plain), atol=1e-4)


def test_half_precision(tmp_path: Path, rng) -> None:
    weights = write_foreign(tmp_path / "half.onnx", half=True, opset=13)
    foreign = read_foreign(tmp_path / "half.onnx")
    assert foreign.half
    (tmp_path / "ours.onnx").write_bytes(adopt(foreign, USUAL, spec_of()))
    crops = rng.integers(0, 256, (3, 112, 112, 3), np.uint8)
    embeddings, _ = Embedder(tmp_path / "ours.onnx", "cpu").embed(crops)
    np.testing.assert_allclose(embeddings, by_hand(weights, crops, USUAL)[0], atol=5e-3)


def test_what_is_read_from_the_file(tmp_path: Path) -> None:
    write_foreign(tmp_path / "a.onnx", Weights(56), batch=1, channels_last=True)
    foreign = read_foreign(tmp_path / "a.onnx")
    found = (foreign.input, foreign.output, foreign.size, foreign.channels_last, foreign.batch)
    assert found == ("data", "fc1", 56, True, 1)
    assert (foreign.dimension, foreign.half) == (DIMENSION, False)


def test_other_metadata_stays(tmp_path: Path) -> None:
    write_foreign(tmp_path / "a.onnx")
    content = adopt(read_foreign(tmp_path / "a.onnx"), USUAL, spec_of())
    made = onnx.load_from_string(content)
    metadata = {entry.key: entry.value for entry in made.metadata_props}
    assert metadata["author"] == "somebody else"
    assert ModelSpec.from_metadata(metadata) == spec_of()
    onnx.checker.check_model(made, full_check=True)


def test_weights_beside_the_file_are_never_opened(tmp_path: Path) -> None:
    write_foreign(tmp_path / "a.onnx")
    made = onnx.load(tmp_path / "a.onnx")
    onnx.save(made, tmp_path / "b.onnx", save_as_external_data=True, size_threshold=0, location="w")
    with pytest.raises(ModelError, match=r"b\.onnx: has weights in other files"):
        read_foreign(tmp_path / "b.onnx")


def test_batch_that_cannot_be_freed(tmp_path: Path) -> None:
    write_foreign(tmp_path / "stuck.onnx", batch=1, stuck=True)
    foreign = read_foreign(tmp_path / "stuck.onnx")
    with pytest.raises(
        ModelError, match=r"stuck\.onnx: cannot be run on several crops at once"
    ) as e:
        adopt(foreign, USUAL, spec_of())
    assert "export it again with a dynamic batch axis" in str(e.value)
    assert "\n" not in str(e.value)


def test_batch_that_mixes_pictures_is_noticed(tmp_path: Path) -> None:
    """A softmax over the batch runs with any number, but means something else for each."""
    write_foreign(tmp_path / "a.onnx", batch=1)
    made = onnx.load(tmp_path / "a.onnx")
    made.graph.node[-1].output[0] = "before"
    made.graph.node.append(helper.make_node("ReduceMax", ["before"], ["m"], axes=[0], keepdims=1))
    made.graph.node.append(helper.make_node("Sub", ["before", "m"], ["less"]))
    made.graph.node.append(helper.make_node("Add", ["less", "before"], ["fc1"]))
    onnx.save(made, tmp_path / "a.onnx")
    with pytest.raises(ModelError, match=r"numbers differ by .*export it again"):
        adopt(read_foreign(tmp_path / "a.onnx"), USUAL, spec_of())


@pytest.mark.parametrize(
    ("file", "asked", "message"),
    [
        ({"open_size": True}, {}, r"leaves its size open; say how many px with `size`"),
        ({}, {"size": 96}, r"`size` 96: .*a\.onnx takes 112 px"),
        ({}, {"output": "fc2"}, r"`output` fc2: .*a\.onnx has fc1"),
        ({}, {"input": "image"}, r"`input` image: .*a\.onnx has data"),
        ({"extra": True}, {}, r"name the output that is the embedding by `output`: fc1, extra"),
    ],
)
def test_what_the_user_must_say(tmp_path: Path, file, asked, message) -> None:
    write_foreign(tmp_path / "a.onnx", **file)
    with pytest.raises(SettingsError, match=message):
        read_foreign(tmp_path / "a.onnx", **asked)


def test_output_by_name(tmp_path: Path) -> None:
    write_foreign(tmp_path / "a.onnx", extra=True)
    assert read_foreign(tmp_path / "a.onnx", output="fc1").dimension == DIMENSION


def write_plain(path: Path, shape: list[int | str], kind: int = TensorProto.FLOAT) -> None:
    x = helper.make_tensor_value_info("x", kind, shape)
    y = helper.make_tensor_value_info("y", kind, shape)
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x], [y])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    made.ir_version = 7
    onnx.save(made, path)


@pytest.mark.parametrize(
    ("shape", "kind", "message"),
    [
        (["N", 1, 28, 28], TensorProto.FLOAT, r"is \['\?', 1, 28, 28\]; \[N, 3, S, S\] or"),
        (["N", 3], TensorProto.FLOAT, r"is \['\?', 3\]; "),
        (["N", "C", "H", "W"], TensorProto.FLOAT, r"with 3 colours"),
        (["N", 3, 112, 96], TensorProto.FLOAT, r"takes 96 x 112 px; only squares"),
        (["N", 3, 8, 8], TensorProto.UINT8, r"input x takes uint8; float32 or float16"),
        (["N", 3, 256, 256], TensorProto.FLOAT, r"output y is not an embedding"),
    ],
)
def test_models_that_cannot_be_fed(tmp_path: Path, shape, kind, message) -> None:
    write_plain(tmp_path / "a.onnx", shape, kind)
    with pytest.raises(ModelError, match=message):
        read_foreign(tmp_path / "a.onnx")


def test_files_that_are_not_models(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_bytes(b"hello, this is not a model")
    with pytest.raises(ModelError, match=r"text\.onnx: not an ONNX model"):
        read_foreign(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match=r"none\.onnx: cannot be read"):
        read_foreign(tmp_path / "none.onnx")


def test_a_model_of_ours_needs_no_adoption(tmp_path: Path) -> None:
    write_foreign(tmp_path / "a.onnx")
    content = adopt(read_foreign(tmp_path / "a.onnx"), USUAL, spec_of())
    (tmp_path / "ours.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"ours\.onnx: has a spec already"):
        read_foreign(tmp_path / "ours.onnx")
