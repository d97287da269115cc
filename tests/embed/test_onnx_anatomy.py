"""Parameters and multiply-adds of graphs, counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from facecluster.embed import shipped  # noqa: E402
from facecluster.embed.anatomy import by_op  # noqa: E402
from facecluster.embed.onnx_anatomy import onnx_anatomy  # noqa: E402
from facecluster.errors import ModelError  # noqa: E402
from tests.support.foreign_graphs import write_foreign  # noqa: E402

MODELS = Path(shipped.__file__).parents[1] / "models"


def save(path: Path, nodes: list[Any], shape: list[Any], constants: dict[str, np.ndarray]) -> None:
    """A graph from float `x` of that shape to `y`."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    stored = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "g", [x], [y], stored)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    onnx.save(made, path)


def floats(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def every_kind() -> tuple[list[Any], dict[str, np.ndarray]]:
    """Nodes of every kind that holds learnt numbers, and their constants."""
    nodes = [
        helper.make_node("Sub", ["x", "mean"], ["centred"]),
        helper.make_node("Conv", ["centred", "k1", "b1"], ["c1"], strides=[2, 2], name="first"),
        helper.make_node("BatchNormalization", ["c1", "g", "o", "m", "v"], ["n1"]),
        helper.make_node("PRelu", ["n1", "slope"], ["p1"]),
        helper.make_node("Conv", ["p1", "k2"], ["c2"], group=8, pads=[1, 1, 1, 1]),
        helper.make_node("Mul", ["c2", "half"], ["h2"]),
        helper.make_node("GlobalAveragePool", ["h2"], ["mean2"]),
        helper.make_node("Flatten", ["mean2"], ["flat"]),
        helper.make_node("Gemm", ["flat", "m1", "b2"], ["e"], transB=1),
        helper.make_node("MatMul", ["e", "m2"], ["f"]),
        helper.make_node("Add", ["f", "b3"], ["y"]),
    ]
    constants = {
        "mean": floats(3, 1, 1),  # prepares pixels: not learnt
        "k1": floats(8, 3, 5, 5), "b1": floats(8),
        "g": floats(8), "o": floats(8), "m": floats(8), "v": floats(8),
        "slope": floats(8, 1, 1), "k2": floats(8, 1, 3, 3),
        "half": floats(), "m1": floats(6, 8), "b2": floats(6), "m2": floats(6, 4), "b3": floats(4),
    }  # fmt: skip
    return nodes, constants


def test_counts_by_hand(tmp_path: Path) -> None:
    nodes, constants = every_kind()
    save(tmp_path / "a.onnx", nodes, ["N", 3, 21, 21], constants)
    found = onnx_anatomy(tmp_path / "a.onnx")
    side = (21 - 5) // 2 + 1
    wanted = [
        ("Sub", (1, 3, 21, 21), 0, 0),
        ("Conv", (1, 8, side, side), 8 * 3 * 25 + 8, side * side * 8 * 3 * 25),
        ("BatchNormalization", (1, 8, side, side), 16, 0),  # its statistics are not learnt
        ("PRelu", (1, 8, side, side), 8, 0),
        ("Conv", (1, 8, side, side), 8 * 9, side * side * 8 * 9),
        ("Mul", (1, 8, side, side), 0, 0),
        ("GlobalAveragePool", (1, 8, 1, 1), 0, 0),
        ("Flatten", (1, 8), 0, 0),
        ("Gemm", (1, 6), 6 * 8 + 6, 6 * 8),
        ("MatMul", (1, 4), 24, 24),
        ("Add", (1, 4), 4, 0),
    ]
    layers = found.layers
    assert [(la.op, la.shape, la.parameters, la.multiply_adds) for la in layers] == wanted
    assert layers[1].name == "first"
    assert found.parameters == sum(row[2] for row in wanted)
    assert found.multiply_adds == sum(row[3] for row in wanted)
    assert (found.views, found.spec) == (1, None)
    assert by_op(layers)[0] == ("Conv", 2, 608 + 72, side * side * (600 + 72))


def test_quantised_weights_count_as_those_they_stand_for(tmp_path: Path) -> None:
    """QDQ and the operators that work on integers, with a kernel that two layers share."""
    nodes = [
        helper.make_node("DequantizeLinear", ["k", "s", "z"], ["kernel"]),
        helper.make_node("Conv", ["x", "kernel"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["a", "kernel"], ["b"], pads=[1, 1, 1, 1]),
        helper.make_node("QuantizeLinear", ["b", "s", "z"], ["q"]),
        helper.make_node("QLinearConv", ["q", "s", "z", "k", "s", "z", "s", "z"], ["r"]),
        helper.make_node("DequantizeLinear", ["r", "s", "z"], ["y"]),
    ]
    constants = {"k": np.ones((3, 3, 3, 3), np.int8), "s": floats(), "z": np.zeros((), np.int8)}
    save(tmp_path / "a.onnx", nodes, [1, 3, 6, 6], constants)
    layers = onnx_anatomy(tmp_path / "a.onnx").layers
    rows = [(la.op, la.parameters, la.multiply_adds) for la in layers]
    assert rows == [
        ("Conv", 81, 36 * 81),
        ("Conv", 0, 36 * 81),
        ("QLinearConv", 0, 16 * 81),
    ]


def test_transposed_products(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ConvTranspose", ["x", "k"], ["a"], strides=[2, 2]),
        helper.make_node("Flatten", ["a"], ["f"]),
        helper.make_node("Gemm", ["m", "f"], ["y"], transA=1, transB=1),
    ]
    constants = {"k": floats(2, 3, 2, 2), "m": floats(48, 5)}
    save(tmp_path / "a.onnx", nodes, [1, 2, 2, 2], constants)
    layers = onnx_anatomy(tmp_path / "a.onnx").layers
    assert [la.multiply_adds for la in layers] == [8 * 3 * 4, 0, 5 * 48]
    assert [la.parameters for la in layers] == [24, 0, 240]


@pytest.mark.parametrize("name", [shipped.FLOAT32, shipped.INT8])
def test_shipped_models(name) -> None:
    """29 convolutions with one bias per channel, 5,603,936 weights by the .dat; both views."""
    from facecluster.embed.familiarity import CHANNELS

    found = onnx_anatomy(MODELS / name)
    biases = 32 * 7 + 64 * 8 + 128 * 6 + 256 * 8
    told = 3 * CHANNELS  # of familiarity
    crowding = 128 * 64 + 64 * 32 + 32
    assert found.parameters == found.folded == 5_603_936 + biases + told + crowding + 64 + 32 + 1
    assert found.views == 2
    assert {op: count for op, count, *_ in by_op(found.layers)}["Conv"] == 29
    assert found.multiply_adds == 541_708_288 + CHANNELS + crowding
    assert found.spec.crop_size == 150
    assert found.inputs[0].shape == ("N", 150, 150, 3)
    assert found.notes == ()


def test_open_sizes_are_told(tmp_path: Path) -> None:
    weights = write_foreign(tmp_path / "a.onnx", open_size=True)
    found = onnx_anatomy(tmp_path / "a.onnx")
    assert found.notes == (
        "it carries no spec of facecluster",
        "the work of 2 layers is not counted: their sizes are not fixed",
    )
    assert found.parameters == weights.kernel.size + weights.bias.size + 4 + weights.matrix.size
    assert found.multiply_adds == 0


def test_without_onnx_the_spec_is_still_told(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    found = onnx_anatomy(MODELS / shipped.FLOAT32)
    assert found.layers is None
    assert found.spec.name == "dlib-resnet"
    assert found.notes == ("layers need the package onnx: pip install 'facecluster[train]'",)


def test_spec_that_is_wrong_is_quoted(tmp_path: Path) -> None:
    made = onnx.load(MODELS / shipped.FLOAT32)
    for entry in made.metadata_props:
        if entry.key == "facecluster.distance":
            entry.value = "5"
    onnx.save(made, tmp_path / "a.onnx")
    found = onnx_anatomy(tmp_path / "a.onnx")
    assert found.spec is None
    assert found.notes[0].startswith("facecluster.distance: must be a number between")


def test_file_that_is_not_a_model(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"a\.onnx: not an ONNX model"):
        onnx_anatomy(tmp_path / "a.onnx")


@pytest.mark.parametrize("op", ["Mul", "Add", "Sub", "Gather"])
@pytest.mark.parametrize("length", [2**31, 2**56 - 1])
def test_a_row_that_claims_to_have_no_end_is_not_followed(
    tmp_path: Path, op: str, length: int
) -> None:
    """onnx would count it out number by number."""
    nodes = [
        helper.make_node("Reshape", ["x", "long"], ["row"]),
        helper.make_node(op, ["row", "one"], ["y"]),
    ]
    one = np.array(1, np.int64) if op == "Gather" else np.array(1, np.float32)
    save(tmp_path / "a.onnx", nodes, ["N", 4], {"long": np.array([length]), "one": one})
    names = [layer.op for layer in onnx_anatomy(tmp_path / "a.onnx").layers or ()]
    assert names == ["Reshape", op]
