"""Write ONNX graphs node by node, and the parts of a model that all embedders share.

Made with onnx.helper rather than traced, so that the bytes depend on nothing but what is asked for.
Needs the package onnx.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, DTypeLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from facecluster.embed.spec import ModelSpec, others

OPSET = 17
IR_VERSION = 8  # what onnx 1.12, the first release with opset 17, wrote

AxisSizes = Sequence[int | str | None]


class Graph:
    """Nodes and constants in the order in which they are added; every method returns a name.

    opset: whose operators the nodes are.
    """

    def __init__(self, opset: int = OPSET) -> None:
        self.opset = opset
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: ArrayLike, kind: DTypeLike | None = None) -> str:
        """An array under that name, kept once: the first one stays. kind: None leaves its dtype."""
        if name not in {known.name for known in self.constants}:
            self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def integers(self, *values: int) -> str:
        """int64 [K], under a name made of the values."""
        return self.constant("i64_" + "_".join(map(str, values)), values, np.int64)

    def add(self, op: str, *inputs: str, name: str = "", node: str = "", **attributes: Any) -> str:
        """One operator; its output is called `name`, or after the operator and its place.

        node: what the node itself is called where that is not its output's name.
        """
        output = name or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=node or output, **attributes))
        return output

    def conv(
        self, x: str, weight: NDArray[Any], bias: NDArray[Any], stride: int, padding: int
    ) -> str:
        """A convolution of [N, C, H, W] with weight [F, C, h, w] and bias [F], both as float32."""
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

    def put_into(self, body: onnx.GraphProto) -> None:
        """Replace the nodes of `body` by these, and add the constants to those that it has."""
        del body.node[:]
        body.node.extend(self.nodes)
        body.initializer.extend(self.constants)

    def model(
        self,
        name: str,
        inputs: Sequence[onnx.ValueInfoProto],
        outputs: Sequence[onnx.ValueInfoProto],
        metadata: Mapping[str, str],
    ) -> onnx.ModelProto:
        """The finished model, checked by onnx."""
        made = helper.make_model(
            helper.make_graph(self.nodes, name, inputs, outputs, self.constants),
            opset_imports=[helper.make_opsetid("", self.opset)],
            ir_version=IR_VERSION,
            producer_name="facecluster",
        )
        helper.set_model_props(made, dict(metadata))
        onnx.checker.check_model(made, full_check=True)
        return made


def port(name: str, kind: int, shape: AxisSizes) -> onnx.ValueInfoProto:
    """An input or output of a graph. kind: of onnx.TensorProto. Axes of any size have a name."""
    return helper.make_tensor_value_info(name, kind, shape)


def embedder_ports(
    size: int, dimension: int
) -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    """What goes into an embedder, and what comes out: uint8 crops [N, size, size, 3], and float32
    embedding [N, dimension] and consistency [N]."""
    crops = port("crops", TensorProto.UINT8, ["N", size, size, 3])
    embedding = port("embedding", TensorProto.FLOAT, ["N", dimension])
    return [crops], [embedding, port("consistency", TensorProto.FLOAT, ["N"])]


def state_ports(body: onnx.GraphProto, size: int, dimension: int) -> None:
    """Put an embedder's inputs and outputs in the place of those that `body` states, and forget
    what it says of the values between."""
    for field in ("input", "output", "value_info"):
        body.ClearField(field)
    inputs, outputs = embedder_ports(size, dimension)
    body.input.extend(inputs)
    body.output.extend(outputs)


def set_spec(made: onnx.ModelProto, spec: ModelSpec, keep: bool = False) -> None:
    """Write the spec into the model's metadata, in place of any that it carries.

    keep: other entries stay; without, they go.
    """
    known = {entry.key: entry.value for entry in made.metadata_props} if keep else {}
    helper.set_model_props(made, others(known) | spec.to_metadata())


def content_of(made: onnx.ModelProto) -> bytes:
    """The file's bytes, the same ones for the same model."""
    content: bytes = made.SerializeToString(deterministic=True)
    return content
