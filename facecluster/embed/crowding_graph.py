"""Put a crowding network behind the graph of an embedder: its third output, `scale`.

Only operators that are the same from opset 10 on are used, so that it fits any embedder of ours,
adopted ones too; the network stays float32 behind an int8 graph. Needs the package onnx.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto

from facecluster.embed.crowding import CrowdingNetwork
from facecluster.embed.onnx_graph import OPSET, Graph, port
from facecluster.errors import ModelError

OURS = "crowding_"  # every name that we add begins so, but for the output
SCALE = "scale"


def put_crowding(made: onnx.ModelProto, network: CrowdingNetwork) -> None:
    """Let the model tell the scale of each face, in place of what it told of it before.

    The spec in its metadata is not changed. Raises ModelError where the model gives no embedding
    of as many numbers as the network takes.
    """
    take_crowding(made)
    body = made.graph
    sizes = {v.name: v.type.tensor_type.shape.dim[-1].dim_value for v in body.output if _axes(v)}
    if sizes.get("embedding") != network.dimension:
        raise ModelError(
            f"crowding: fitted to embeddings of {network.dimension} numbers, and the model gives "
            f"{sizes.get('embedding', 'none')}"
        )
    _refuse_other_names(body)
    opsets = [e.version for e in made.opset_import if e.domain in ("", "ai.onnx")]
    graph = Graph(opsets[0] if opsets else OPSET)
    _write(graph, network)
    body.node.extend(graph.nodes)
    body.initializer.extend(graph.constants)
    body.output.append(port(SCALE, TensorProto.FLOAT, ["N"]))


def take_crowding(made: onnx.ModelProto) -> None:
    """Remove what `put_crowding` added; a model without it stays as it is."""
    body = made.graph
    for field in (body.node, body.initializer, body.output, body.value_info):
        kept = [each for each in field if not _is_ours(each)]
        if len(kept) < len(field):
            del field[:]
            field.extend(kept)


def _is_ours(each: onnx.NodeProto | onnx.TensorProto | onnx.ValueInfoProto) -> bool:
    name = str(each.name)
    return name.startswith(OURS) or (name == SCALE and isinstance(each, onnx.ValueInfoProto))


def _axes(value: onnx.ValueInfoProto) -> bool:
    return len(value.type.tensor_type.shape.dim) > 0


def _refuse_other_names(body: onnx.GraphProto) -> None:
    """A graph has a name once. Prefixed ones of ours were taken out already."""
    if any(SCALE in node.output for node in body.node) or any(
        tensor.name == SCALE for tensor in body.initializer
    ):
        raise ModelError(f"the graph has a value called `{SCALE}` already, which is not ours")


def _write(graph: Graph, network: CrowdingNetwork) -> None:
    """From `embedding` [N, D] to `scale` [N]."""

    def constant(name: str, value: ArrayLike) -> str:
        return graph.constant(OURS + name, value, np.float32)

    def add(op: str, *inputs: str, name: str) -> str:
        return graph.add(op, *inputs, name=OURS + name)

    x = "embedding"
    for number, (weights, bias) in enumerate(network.layers):
        if number:
            x = add("Relu", x, name=f"relu_{number}")
        values = constant(f"weights_{number}", weights), constant(f"bias_{number}", bias)
        x = add("Gemm", x, *values, name=f"layer_{number}")
    x = add("Reshape", x, graph.constant(f"{OURS}flat", [-1], np.int64), name="rows")
    x = add("Max", x, constant("low", network.low), name="at_least")
    x = add("Min", x, constant("high", network.high), name="log")
    x = add("Mul", x, constant("slope", network.slope), name="sloped")
    x = add("Add", x, constant("offset", network.offset), name="log_scale")
    graph.add("Exp", x, name=SCALE, node=f"{OURS}scale")
