"""Layers, parameters and multiply-adds of an ONNX graph. Needs the package onnx."""

from __future__ import annotations

from math import prod
from pathlib import Path

import onnx
from onnx import TensorProto

from facecluster.embed.anatomy import Layer, Shape
from facecluster.errors import ModelError

# Operators with learnt numbers, and which of their inputs hold them; the others are scales and
# zero points, or statistics of a normalisation.
LEARNT: dict[str, tuple[int, ...]] = {
    "Conv": (1, 2),
    "ConvTranspose": (1, 2),
    "ConvInteger": (1,),
    "QLinearConv": (3, 8),
    "Gemm": (0, 1, 2),
    "MatMul": (0, 1),
    "MatMulInteger": (0, 1),
    "QLinearMatMul": (0, 3),
    "BatchNormalization": (1, 2),
    "InstanceNormalization": (1, 2),
    "LayerNormalization": (1, 2),
    "GroupNormalization": (1, 2),
    "PRelu": (1,),
}
LONGEST = 1_000_000  # first axis of any value; onnx keeps a row of such as long as it is
SIMPLE = ("Add", "Sub", "Mul", "Div")  # learnt when they stand behind the first of the products
KERNEL = {"Conv": 1, "ConvTranspose": 1, "ConvInteger": 1, "QLinearConv": 3}
FACTORS = {"Gemm": (0, 1), "MatMul": (0, 1), "MatMulInteger": (0, 1), "QLinearMatMul": (0, 3)}
PASSING = ("DequantizeLinear", "Identity", "Cast")  # hand a constant on to who uses it
UNLISTED = ("Constant", "QuantizeLinear", *PASSING)


def read_layers(path: Path) -> tuple[tuple[Layer, ...], int, int]:
    """The operators in order, how often a crop passes them (views), and how many products have a
    size that the file does not fix. Raises ModelError for what is not an ONNX file."""
    try:
        made = onnx.load(path, load_external_data=False)
        _for_one(made.graph)
        made = _with_shapes(made)
    except Exception as error:  # protobuf's and onnx's own classes
        raise ModelError(f"{path}: not an ONNX model that can be read ({_first(error)})") from error
    graph = made.graph
    constants, shapes = _constants(graph), _shapes(graph)
    layers: list[Layer] = []
    counted: set[str] = set()
    views, unknown, begun = 1, 0, False
    for node in graph.node:
        product = node.op_type in KERNEL or node.op_type in FACTORS
        shape = shapes.get(node.output[0], ()) if node.output else ()
        work = _work(node, shape, shapes, constants) if product else 0
        if product and not begun:
            begun = True
            views = shape[0] if shape and isinstance(shape[0], int) else 1
        if work is None:
            unknown += 1
        if node.op_type in UNLISTED:
            continue
        learnt = _learnt(node, constants, counted, begun)
        name = node.name or node.output[0]
        layers.append(Layer(name, node.op_type, shape, learnt, work or 0))
    return tuple(layers), views, unknown


def _for_one(graph: onnx.GraphProto) -> None:
    """One crop; what is known of the sizes within is for any number, and is found anew."""
    stored = {tensor.name for tensor in graph.initializer}
    for value in graph.input:
        axes = value.type.tensor_type.shape.dim
        if value.name not in stored and axes and not axes[0].dim_value:
            axes[0].dim_value = 1
    graph.ClearField("value_info")
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")


def _with_shapes(made: onnx.ModelProto) -> onnx.ModelProto:
    """With the sizes of the values between; those that follow from others' sizes as well, unless
    there is a row of numbers so long that following it would take for ever."""
    plain = onnx.shape_inference.infer_shapes(made)
    found = _shapes(plain.graph).values()
    if any(isinstance(axis, int) and axis > LONGEST for shape in found for axis in shape[:1]):
        return plain
    return onnx.shape_inference.infer_shapes(made, data_prop=True)


def _constants(graph: onnx.GraphProto) -> dict[str, tuple[str, Shape]]:
    """Where a constant comes from and its shape, also of those that are passed on or in nodes."""
    found: dict[str, tuple[str, Shape]] = {}
    for tensor in graph.initializer:
        found[tensor.name] = (tensor.name, tuple(tensor.dims))
    for node in graph.node:
        for attribute in node.attribute if node.op_type == "Constant" else ():
            if attribute.name == "value":
                found[node.output[0]] = (node.output[0], tuple(attribute.t.dims))
        if node.op_type in PASSING and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]]
    return found


def _shapes(graph: onnx.GraphProto) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        kind = value.type.tensor_type
        if kind.elem_type != TensorProto.UNDEFINED and kind.HasField("shape"):
            found[value.name] = tuple(d.dim_value or d.dim_param or "?" for d in kind.shape.dim)
    return found


def _work(
    node: onnx.NodeProto,
    shape: Shape,
    shapes: dict[str, Shape],
    constants: dict[str, tuple[str, Shape]],
) -> int | None:
    """Multiply-adds of a convolution or matrix product, None when a size is open."""

    def shape_of(index: int) -> Shape:
        name = node.input[index]
        return constants[name][1] if name in constants else shapes.get(name, ())

    if node.op_type in KERNEL:
        kernel = shape_of(KERNEL[node.op_type])
        # Transposed, every input number meets the kernel; else every output number is a sum.
        cells = shape_of(0) if node.op_type == "ConvTranspose" else shape
        sizes: Shape = (*cells, *kernel[1:])
    else:
        first = shape_of(FACTORS[node.op_type][0])
        turned = any(a.name == "transA" and a.i for a in node.attribute)
        sizes = (*shape, *(first[-2:-1] if turned else first[-1:]))
        kernel = first
    if not shape or not kernel or not all(isinstance(size, int) for size in sizes):
        return None
    return prod(int(size) for size in sizes)


def _learnt(
    node: onnx.NodeProto,
    constants: dict[str, tuple[str, Shape]],
    counted: set[str],
    begun: bool,
) -> int:
    """Learnt numbers of a node; what two nodes share counts with the first.

    Constants before the first product prepare pixels, and a single number is a setting.
    """
    places = LEARNT.get(node.op_type, (0, 1) if node.op_type in SIMPLE and begun else ())
    total = 0
    for place in places:
        name = node.input[place] if place < len(node.input) else ""
        source, shape = constants.get(name, ("", ()))
        size = prod(int(side) for side in shape)
        if source and source not in counted and (size > 1 or node.op_type not in SIMPLE):
            counted.add(source)
            total += size
    return total


def _first(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
