"""A small embedder as others export theirs, and the same in numpy: 7 px patches, a rectifier with
slopes, and one matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CELL, WIDTH, DIMENSION = 7, 4, 16  # px, channels, numbers
SLOPE = 0.25


class Weights:
    """Random, and made to tell colours, places and left from right."""

    def __init__(self, size: int = 112) -> None:
        random = np.random.default_rng(7)
        self.size, self.cells = size, size // CELL
        self.kernel = random.normal(0, 0.1, (WIDTH, 3, CELL, CELL)).astype(np.float32)
        self.bias = random.normal(0, 0.1, WIDTH).astype(np.float32)
        shape = (WIDTH * self.cells**2, DIMENSION)
        self.matrix = random.normal(0, 0.05, shape).astype(np.float32)

    def by_hand(self, x: np.ndarray) -> np.ndarray:
        """float32 [N, 3, S, S] to float64 [N, DIMENSION], not normalised."""
        patches = x.reshape(len(x), 3, self.cells, CELL, self.cells, CELL).astype(np.float64)
        y = np.einsum("ncyaxb,wcab->nwyx", patches, self.kernel) + self.bias[:, None, None]
        y = np.where(y > 0, y, SLOPE * y)
        return y.reshape(len(x), -1) @ self.matrix.astype(np.float64)


def write_foreign(path: Path, weights: Weights | None = None, **how: Any) -> Weights:
    """Write the graph.

    channels_last, batch (None: any), half, opset: of the file. open_size: height and width are left
    open. weights_as_inputs: as files of IR version 3 have it. column: the embedding is
    [N, D, 1, 1]. stuck: a reshape that loses the number of pictures. extra: a second output.
    """
    w = weights or Weights()
    kind = TensorProto.FLOAT16 if how.get("half") else TensorProto.FLOAT
    batch = how.get("batch", "N")
    nodes = _nodes(how)
    used = {name for node in nodes for name in node.input}
    stored = [tensor for tensor in _constants(w, how) if tensor.name in used]
    sides = ["H", "W"] if how.get("open_size") else [w.size, w.size]
    shape = [batch, *sides, 3] if how.get("channels_last") else [batch, 3, *sides]
    inputs = [helper.make_tensor_value_info("data", kind, shape)]
    if how.get("weights_as_inputs"):
        inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in stored]
    tail = [1, 1] if how.get("column") else []
    outputs = [helper.make_tensor_value_info("fc1", kind, [batch, DIMENSION, *tail])]
    if how.get("extra"):
        outputs.append(helper.make_tensor_value_info("extra", kind, [batch, len(w.matrix)]))
    graph = helper.make_graph(nodes, "foreign", inputs, outputs, stored)
    opsets = [helper.make_opsetid("", how.get("opset", 11))]
    made = helper.make_model(graph, opset_imports=opsets)
    made.ir_version = 3 if how.get("weights_as_inputs") else 6
    entry = made.metadata_props.add()
    entry.key, entry.value = "author", "somebody else"
    onnx.save(made, path)
    return w


def _nodes(how: dict[str, Any]) -> list[onnx.NodeProto]:
    make, image = helper.make_node, "first" if how.get("channels_last") else "data"
    nodes = []
    if how.get("channels_last"):
        nodes.append(make("Transpose", ["data"], ["first"], perm=[0, 3, 1, 2]))
    cells = {"kernel_shape": [CELL, CELL], "strides": [CELL, CELL]}
    nodes.append(make("Conv", [image, "kernel", "bias"], ["conv"], **cells))
    nodes.append(make("PRelu", ["conv", "slope"], ["act"]))
    if how.get("stuck"):
        nodes.append(make("Reshape", ["act", "all"], ["line"]))
    nodes.append(make("Reshape", ["line" if how.get("stuck") else "act", "rows"], ["flat"]))
    nodes.append(make("MatMul", ["flat", "matrix"], ["row" if how.get("column") else "fc1"]))
    if how.get("column"):
        nodes.append(make("Reshape", ["row", "deep"], ["fc1"]))
    if how.get("extra"):
        nodes.append(make("Identity", ["flat"], ["extra"]))
    return nodes


def _constants(w: Weights, how: dict[str, Any]) -> list[onnx.TensorProto]:
    dtype = np.float16 if how.get("half") else np.float32
    batch = how["batch"] if isinstance(how.get("batch"), int) else -1
    floats = {"kernel": w.kernel, "bias": w.bias, "matrix": w.matrix}
    floats["slope"] = np.full((WIDTH, 1, 1), SLOPE)
    flat = len(w.matrix)
    shapes = {"rows": [batch, flat], "all": [flat], "deep": [-1, DIMENSION, 1, 1]}
    return [
        *(numpy_helper.from_array(v.astype(dtype), name) for name, v in floats.items()),
        *(numpy_helper.from_array(np.array(v, np.int64), name) for name, v in shapes.items()),
    ]
