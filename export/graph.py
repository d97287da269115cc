"""Write ONNX graphs by hand, node by node.

Written with onnx.helper rather than traced, so that the bytes depend on nothing but the weights
and the recipe.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # what onnx 1.12, the first release with opset 17, wrote


class Graph:
    """Nodes and constants in the order in which they are added; every method returns a name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        if name not in {known.name for known in self.constants}:
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant("i64_" + "_".join(map(str, values)), np.array(values, np.int64))

    def add(self, op: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        output = name or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def conv(
        self, x: str, weight: NDArray[Any], bias: NDArray[Any], stride: int, padding: int
    ) -> str:
        index = sum(node.op_type == "Conv" for node in self.nodes)
        return self.add(
            "Conv",
            x,
            self.constant(f"conv{index:02}_weight", weight.astype(np.float32)),
            self.constant(f"conv{index:02}_bias", bias.astype(np.float32)),
            kernel_shape=list(weight.shape[2:]),
            strides=[stride, stride],
            pads=[padding] * 4,
        )


def write(made: onnx.ModelProto, path: Path) -> None:
    """Write the model whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(made.SerializeToString(deterministic=True))
    partial.replace(path)
