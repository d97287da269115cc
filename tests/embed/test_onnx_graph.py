"""Graphs built node by node, run against numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, numpy_helper  # noqa: E402

from facecluster.embed.onnx_graph import (  # noqa: E402
    IR_VERSION,
    OPSET,
    Graph,
    content_of,
    embedder_ports,
    port,
    set_spec,
    state_ports,
)
from facecluster.embed.spec import ModelSpec  # noqa: E402
from facecluster.runtime import session  # noqa: E402
from tests.support.colour_model import SPEC  # noqa: E402


def metadata(made: onnx.ModelProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in made.metadata_props}


def small_model() -> onnx.ModelProto:
    """float32 x [N, 2] to relu(x) + 1."""
    graph = Graph()
    graph.add("Add", graph.add("Relu", "x"), graph.constant("one", 1, np.float32), name="y")
    x, y = (port(name, TensorProto.FLOAT, ["N", 2]) for name in "xy")
    return graph.model("small", [x], [y], {"note": "kept"})


def test_a_model_computes_what_its_nodes_say(rng: np.random.Generator) -> None:
    made = small_model()
    assert made.ir_version == IR_VERSION
    assert [(entry.domain, entry.version) for entry in made.opset_import] == [("", OPSET)]
    assert metadata(made) == {"note": "kept"}
    x = rng.standard_normal((5, 2), np.float32)
    (y,) = session(content_of(made), "cpu").run(None, {"x": x})
    np.testing.assert_array_equal(y, np.maximum(x, 0) + 1)
    assert content_of(small_model()) == content_of(made)


def test_a_graph_that_does_not_fit_together_is_refused() -> None:
    graph = Graph()
    graph.add("Relu", "nobody", name="y")
    y = port("y", TensorProto.FLOAT, ["N"])
    with pytest.raises(onnx.checker.ValidationError, match="nobody"):
        graph.model("broken", [], [y], {})


def test_names_of_nodes_and_values() -> None:
    graph = Graph()
    assert graph.add("Relu", "x") == "relu_0"
    assert graph.add("Relu", "x", name="mine") == "mine"
    assert graph.add("Relu", "x", name="y", node="last") == "y"
    assert [(node.name, list(node.output)) for node in graph.nodes] == [
        ("relu_0", ["relu_0"]),
        ("mine", ["mine"]),
        ("last", ["y"]),
    ]


def test_constants_keep_shape_and_type_and_are_kept_once() -> None:
    graph = Graph()
    assert graph.integers(2, -1) == graph.integers(2, -1) == "i64_2_-1"
    graph.constant("turned", np.arange(6, dtype=np.float32).reshape(2, 3).T)
    graph.constant("turned", np.zeros(1))
    graph.constant("number", 0.5, np.float32)
    pair, turned, number = map(numpy_helper.to_array, graph.constants)
    assert (pair.dtype, pair.tolist()) == (np.int64, [2, -1])
    assert turned.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert (number.dtype, number.shape, number.item()) == (np.float32, (), 0.5)


def test_a_convolution_against_numpy(rng: np.random.Generator) -> None:
    weight, bias = rng.standard_normal((4, 3, 2, 2)), rng.standard_normal(4)
    graph = Graph()
    assert graph.conv("x", weight, bias, stride=2, padding=0) == "conv_0"
    x, y = (
        port("x", TensorProto.FLOAT, ["N", 3, 6, 6]),
        port("conv_0", TensorProto.FLOAT, ["N", 4, 3, 3]),
    )
    made = graph.model("conv", [x], [y], {})
    pixels = rng.standard_normal((2, 3, 6, 6), np.float32)
    (found,) = session(content_of(made), "cpu").run(None, {"x": pixels})
    patches = pixels.reshape(2, 3, 3, 2, 3, 2)
    wanted = np.einsum("ncyaxb,wcab->nwyx", patches, weight) + bias[:, None, None]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_nodes_take_the_place_of_others_and_constants_join_them() -> None:
    made = small_model()
    graph = Graph()
    graph.add("Mul", "x", graph.constant("two", 2, np.float32), name="twice")
    graph.add("Add", "twice", "one", name="y")
    graph.put_into(made.graph)
    onnx.checker.check_model(made, full_check=True)
    x = np.array([[3, -1]], np.float32)
    assert session(content_of(made), "cpu").run(None, {"x": x})[0].tolist() == [[7, -1]]
    assert [tensor.name for tensor in made.graph.initializer] == ["one", "two"]


def test_ports_of_an_embedder_replace_what_was_stated() -> None:
    made = small_model()
    made.graph.value_info.append(port("between", TensorProto.FLOAT, ["N"]))
    state_ports(made.graph, 32, 7)
    inputs, outputs = embedder_ports(32, 7)
    assert (list(made.graph.input), list(made.graph.output)) == (inputs, outputs)
    assert not made.graph.value_info
    axes = [d.dim_value or d.dim_param for d in inputs[0].type.tensor_type.shape.dim]
    assert (inputs[0].name, axes) == ("crops", ["N", 32, 32, 3])
    assert [value.name for value in outputs] == ["embedding", "consistency"]


@pytest.mark.parametrize("keep", [True, False])
def test_a_spec_takes_the_place_of_an_older_one(keep: bool) -> None:
    made = small_model()
    set_spec(made, SPEC, keep=True)
    other = replace(SPEC, name="another")
    set_spec(made, other, keep)
    assert ModelSpec.from_metadata(metadata(made)) == other
    assert ("note" in metadata(made)) == keep
