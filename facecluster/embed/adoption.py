"""Turn an ONNX embedder from elsewhere into a file that this package takes.

The foreign graph stays as it is. In front of it crops become the numbers that it expects, behind it
embeddings get the length 1. Only operators that are the same from opset 10 on are used, so that the
graph need not be converted. Needs the package onnx.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper, version_converter

from facecluster import __version__
from facecluster.embed.embedder import Embedder
from facecluster.embed.foreign import TO_FIRST, Foreign, run
from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError
from facecluster.records import Floats
from facecluster.records import Pixels as Crops

# Where the points of the spec fall in the 112 px crops that ArcFace's authors published.
ARCFACE_SIZE = 112
ARCFACE_TEMPLATE = (
    (38.2946, 51.6963),
    (73.5318, 51.5014),
    (56.0252, 71.7366),
    (41.5493, 92.3655),
    (70.7299, 92.2041),
)
OLDEST, CONVERTED = 10, 13  # opsets: of the nodes that we add, and what older graphs become
IR_VERSION = 8
PREFIX = "foreign_"  # before every name of the graph, so that none of ours meets it
PROOF = 5  # crops, more than any fixed batch of a file that embeds one by one
LIMIT, LIMIT_HALF = 1e-4, 1e-2  # largest difference of any number, of embeddings of length 1


@dataclass(frozen=True, slots=True)
class Preparation:
    """(value - mean) / std, in the order R, G, B whatever order the model wants. bgr: it wants the
    reverse. mirror: embed the mirror image too and add both embeddings, as ArcFace's authors do."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    bgr: bool
    mirror: bool


def adopt(foreign: Foreign, how: Preparation, spec: ModelSpec) -> bytes:
    """The file's content: uint8 [N, S, S, 3] RGB crops in, unit embeddings and consistency out.

    It is proven by running both. Raises ModelError when they differ, most often since the graph
    has a number of pictures built in.
    """
    made = _composed(foreign, how, spec.dimension)
    props = {entry.key: entry.value for entry in made.metadata_props}
    helper.set_model_props(made, props | spec.to_metadata())
    content: bytes = made.SerializeToString(deterministic=True)
    crops = _sample(spec.crop_size)
    wanted, close = _reference(foreign, how, crops)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adopted.onnx"
        path.write_bytes(content)
        try:
            found, consistency = Embedder(path, "cpu").embed(crops)
        except Exception as error:  # ONNX Runtime raises its own classes
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(_refusal(foreign, reason.removeprefix(f"{path}: "))) from error
    gap = max(float(np.abs(found - wanted).max()), float(np.abs(consistency - close).max()))
    if not gap <= (LIMIT_HALF if foreign.half else LIMIT):
        raise ModelError(_refusal(foreign, f"numbers differ by {gap:.1e}"))
    return content


def _refusal(foreign: Foreign, reason: str) -> str:
    return (
        f"{foreign.path}: cannot be run on several crops at once ({reason}); export it again with "
        "a dynamic batch axis"
    )


def _composed(foreign: Foreign, how: Preparation, dimension: int) -> onnx.ModelProto:
    made = onnx.ModelProto.FromString(foreign.content)
    opsets = {entry.domain: entry.version for entry in made.opset_import}
    if opsets.get("", opsets.get("ai.onnx", 1)) < OLDEST:
        try:
            made = version_converter.convert_version(made, CONVERTED)
        except Exception as error:  # of its own classes
            raise ModelError(
                f"{foreign.path}: its operators are too old to convert; export it again with "
                f"opset {CONVERTED}"
            ) from error
    if foreign.batch is not None:
        _free_batch(made.graph, foreign.batch)
    made = compose.add_prefix(made, PREFIX)
    graph = made.graph
    before, after = _Nodes(made), _Nodes(made)
    _open(before, foreign, how)
    _close(after, foreign, how.mirror, dimension)
    inner = list(graph.node)
    del graph.node[:]
    graph.node.extend([*before.nodes, *inner, *after.nodes])
    graph.initializer.extend([*before.constants, *after.constants])
    for field in ("input", "output", "value_info"):
        graph.ClearField(field)
    info, size = helper.make_tensor_value_info, foreign.size
    graph.input.append(info("crops", TensorProto.UINT8, ["N", size, size, 3]))
    graph.output.append(info("embedding", TensorProto.FLOAT, ["N", dimension]))
    graph.output.append(info("consistency", TensorProto.FLOAT, ["N"]))
    made.ir_version = max(made.ir_version, IR_VERSION)
    made.producer_name, made.producer_version = "facecluster", __version__
    return made


class _Nodes:
    """Nodes and constants in the order in which they are added; methods return names."""

    def __init__(self, made: onnx.ModelProto) -> None:
        self.opset = next(e.version for e in made.opset_import if e.domain in ("", "ai.onnx"))
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Any, kind: type = np.int64) -> str:
        if name not in {tensor.name for tensor in self.constants}:
            self.constants.append(numpy_helper.from_array(np.array(value, kind), name))
        return name

    def add(self, op: str, *inputs: str, name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def sum_of_last(self, x: str, name: str, keepdims: int) -> str:
        if self.opset < 13:
            return self.add("ReduceSum", x, name=name, axes=[-1], keepdims=keepdims)
        last = self.constant("last_axis", [-1])
        return self.add("ReduceSum", x, last, name=name, keepdims=keepdims)

    def unit(self, x: str, name: str) -> str:
        """Divide by the Euclidean length of the last axis; a zero row stays zero."""
        squares = self.add("Mul", x, x, name=f"{name}_squares")
        total = self.sum_of_last(squares, f"{name}_total", keepdims=1)
        length = self.add("Sqrt", total, name=f"{name}_length")
        tiny = self.constant("tiny", 1e-12, np.float32)
        return self.add("Div", x, self.add("Max", length, tiny, name=f"{name}_safe"), name=name)


def _open(nodes: _Nodes, foreign: Foreign, how: Preparation) -> None:
    """From crops to what the foreign input takes; with mirror all crops, then all mirror images."""
    x = "crops"
    if how.mirror:
        ends = [nodes.constant(n, [v]) for n, v in (("from", -1), ("to", np.iinfo(np.int64).min))]
        width, back = nodes.constant("width_axis", [2]), nodes.constant("back", [-1])
        flipped = nodes.add("Slice", x, *ends, width, back, name="flipped")
        x = nodes.add("Concat", x, flipped, name="both_views", axis=0)
    x = nodes.add("Cast", x, name="values", to=TensorProto.FLOAT)
    x = nodes.add("Sub", x, nodes.constant("mean", how.mean, np.float32), name="centred")
    x = nodes.add("Div", x, nodes.constant("std", how.std, np.float32), name="scaled")
    if how.bgr:
        x = nodes.add("Gather", x, nodes.constant("bgr", [2, 1, 0]), name="blue_first", axis=3)
    if not foreign.channels_last:
        x = nodes.add("Transpose", x, name="channels_first", perm=TO_FIRST)
    kind = TensorProto.FLOAT16 if foreign.half else TensorProto.FLOAT
    nodes.add("Cast", x, name=PREFIX + foreign.input, to=kind)


def _close(nodes: _Nodes, foreign: Foreign, mirror: bool, dimension: int) -> None:
    """From what the foreign graph gives to embedding and consistency."""
    x = nodes.add("Cast", PREFIX + foreign.output, name="raw", to=TensorProto.FLOAT)
    if not mirror:
        rows = nodes.add("Reshape", x, nodes.constant("rows", [-1, dimension]), name="flat")
        unit = nodes.unit(rows, "embedding")
        nothing = nodes.add("Mul", unit, nodes.constant("zero", 0, np.float32), name="nothing")
        none = nodes.sum_of_last(nothing, "no_number", keepdims=0)
        nodes.add("Add", none, nodes.constant("one", 1, np.float32), name="consistency")
        return
    x = nodes.add("Reshape", x, nodes.constant("views", [2, -1, dimension]), name="two_views")

    def view(source: str, index: int) -> str:
        at = nodes.constant(f"view_{index}", index)
        return nodes.add("Gather", source, at, name=f"{source}_{index}", axis=0)

    nodes.unit(nodes.add("Add", view(x, 0), view(x, 1), name="sum"), "embedding")
    units = nodes.unit(x, "units")
    products = nodes.add("Mul", view(units, 0), view(units, 1), name="products")
    nodes.sum_of_last(products, "consistency", keepdims=0)


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


def _sample(size: int) -> Crops:
    """uint8 [PROOF, size, size, 3]: noise of several coarsenesses."""
    random = np.random.default_rng(20190611)
    crops = np.empty((PROOF, size, size, 3), np.uint8)
    for index in range(PROOF):
        cell = max(1, size // (2 << index))
        cells = random.integers(0, 256, (-(-size // cell), -(-size // cell), 3))
        crops[index] = cells.repeat(cell, 0).repeat(cell, 1)[:size, :size]
    return crops


def _reference(foreign: Foreign, how: Preparation, crops: Crops) -> tuple[Floats, Floats]:
    """Embedding and consistency from the untouched file, prepared by numpy."""

    mean, std = np.array(how.mean, np.float32), np.array(how.std, np.float32)

    def raw(views: Crops) -> Floats:
        values = (views.astype(np.float32) - mean) / std
        return run(foreign, np.asarray(values[..., ::-1] if how.bgr else values, np.float32))

    def unit(rows: Floats) -> Floats:
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(length, 1e-12), np.float32)

    plain = raw(crops)
    if not how.mirror:
        return unit(plain), np.ones(len(crops), np.float32)
    mirrored = raw(crops[:, :, ::-1])
    return unit(plain + mirrored), (unit(plain) * unit(mirrored)).sum(axis=1)
