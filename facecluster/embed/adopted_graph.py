"""The graph of an adopted embedder: the foreign one, and what comes before and behind it.

In front of it crops become the numbers that it expects, behind it embeddings get the length 1. Only
operators that are the same from opset 10 on are used, so that the graph need not be converted.
Needs the package onnx.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, compose, numpy_helper, version_converter

from facecluster import __version__
from facecluster.embed.foreign import TO_FIRST, Foreign
from facecluster.embed.onnx_graph import IR_VERSION, Graph, state_ports
from facecluster.errors import ModelError

OLDEST, CONVERTED = 10, 13  # opsets: of the nodes that we add, and what older graphs become
PREFIX = "foreign_"  # before every name of the graph, so that none of ours meets it


@dataclass(frozen=True, slots=True)
class Preparation:
    """(value - mean) / std, in the order R, G, B whatever order the model wants. bgr: it wants the
    reverse. mirror: embed the mirror image too and add both embeddings, as ArcFace's authors do."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    bgr: bool
    mirror: bool


def composed(foreign: Foreign, how: Preparation, dimension: int) -> onnx.ModelProto:
    """The whole model: uint8 [N, S, S, 3] RGB crops in, embedding [N, dimension] and consistency
    [N] out. Raises ModelError when the foreign operators are too old to be converted."""
    made = _modern(foreign)
    if foreign.batch is not None:
        _free_batch(made.graph, foreign.batch)
    made = compose.add_prefix(made, PREFIX)
    graph = Graph(next(e.version for e in made.opset_import if e.domain in ("", "ai.onnx")))
    _open(graph, foreign, how)
    graph.nodes.extend(made.graph.node)
    _close(graph, foreign, how.mirror, dimension)
    graph.put_into(made.graph)
    state_ports(made.graph, foreign.size, dimension)
    made.ir_version = max(made.ir_version, IR_VERSION)
    made.producer_name, made.producer_version = "facecluster", __version__
    return made


def _modern(foreign: Foreign) -> onnx.ModelProto:
    """The foreign model, its operators of an opset that ours exist in as well."""
    made = onnx.ModelProto.FromString(foreign.content)
    opsets = {entry.domain: entry.version for entry in made.opset_import}
    if opsets.get("", opsets.get("ai.onnx", 1)) >= OLDEST:
        return made
    try:
        return version_converter.convert_version(made, CONVERTED)
    except Exception as error:  # of its own classes
        raise ModelError(
            f"{foreign.path}: its operators are too old to convert; export it again with "
            f"opset {CONVERTED}"
        ) from error


def _free_batch(graph: onnx.GraphProto, batch: int) -> None:
    """Let reshapes to a fixed number of pictures keep the number that comes in."""
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    tensors = [tensor for tensor in graph.initializer if tensor.name in shapes]
    for node in graph.node:
        if node.op_type == "Constant" and node.output[0] in shapes:
            tensors += [a.t for a in node.attribute if a.name == "value"]
    for tensor in tensors:
        shape = numpy_helper.to_array(tensor).copy()
        if len(shape) > 1 and shape[0] == batch:
            shape[0] = 0  # as the input has it
            tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))


def _integers(graph: Graph, name: str, value: int | list[int]) -> str:
    return graph.constant(name, value, np.int64)


def _sum_of_last(graph: Graph, x: str, name: str, keepdims: int) -> str:
    """Along the last axis, which is an input of the operator from opset 13 on."""
    if graph.opset < 13:
        return graph.add("ReduceSum", x, name=name, axes=[-1], keepdims=keepdims)
    last = _integers(graph, "last_axis", [-1])
    return graph.add("ReduceSum", x, last, name=name, keepdims=keepdims)


def _unit(graph: Graph, x: str, name: str) -> str:
    """Divide by the Euclidean length of the last axis; a zero row stays zero."""
    squares = graph.add("Mul", x, x, name=f"{name}_squares")
    total = _sum_of_last(graph, squares, f"{name}_total", keepdims=1)
    length = graph.add("Sqrt", total, name=f"{name}_length")
    tiny = graph.constant("tiny", 1e-12, np.float32)
    return graph.add("Div", x, graph.add("Max", length, tiny, name=f"{name}_safe"), name=name)


def _open(graph: Graph, foreign: Foreign, how: Preparation) -> None:
    """From crops to what the foreign input takes; with mirror all crops, then all mirror images."""
    x = "crops"
    if how.mirror:
        ends = [_integers(graph, n, [v]) for n, v in (("from", -1), ("to", np.iinfo(np.int64).min))]
        width, back = _integers(graph, "width_axis", [2]), _integers(graph, "back", [-1])
        flipped = graph.add("Slice", x, *ends, width, back, name="flipped")
        x = graph.add("Concat", x, flipped, name="both_views", axis=0)
    x = graph.add("Cast", x, name="values", to=TensorProto.FLOAT)
    x = graph.add("Sub", x, graph.constant("mean", how.mean, np.float32), name="centred")
    x = graph.add("Div", x, graph.constant("std", how.std, np.float32), name="scaled")
    if how.bgr:
        x = graph.add("Gather", x, _integers(graph, "bgr", [2, 1, 0]), name="blue_first", axis=3)
    if not foreign.channels_last:
        x = graph.add("Transpose", x, name="channels_first", perm=TO_FIRST)
    kind = TensorProto.FLOAT16 if foreign.half else TensorProto.FLOAT
    graph.add("Cast", x, name=PREFIX + foreign.input, to=kind)


def _close(graph: Graph, foreign: Foreign, mirror: bool, dimension: int) -> None:
    """From what the foreign graph gives to embedding and consistency."""
    x = graph.add("Cast", PREFIX + foreign.output, name="raw", to=TensorProto.FLOAT)
    if not mirror:
        rows = graph.add("Reshape", x, _integers(graph, "rows", [-1, dimension]), name="flat")
        unit = _unit(graph, rows, "embedding")
        nothing = graph.add("Mul", unit, graph.constant("zero", 0, np.float32), name="nothing")
        none = _sum_of_last(graph, nothing, "no_number", keepdims=0)
        graph.add("Add", none, graph.constant("one", 1, np.float32), name="consistency")
        return
    x = graph.add("Reshape", x, _integers(graph, "views", [2, -1, dimension]), name="two_views")

    def view(source: str, index: int) -> str:
        at = _integers(graph, f"view_{index}", index)
        return graph.add("Gather", source, at, name=f"{source}_{index}", axis=0)

    _unit(graph, graph.add("Add", view(x, 0), view(x, 1), name="sum"), "embedding")
    units = _unit(graph, x, "units")
    products = graph.add("Mul", view(units, 0), view(units, 1), name="products")
    _sum_of_last(graph, products, "consistency", keepdims=0)
