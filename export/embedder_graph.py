"""Assemble an embedder's ONNX graph: uint8 crops in, unit embeddings and consistency out.

Written by hand, so that the affine and scaling steps can be folded into the convolutions.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from export.graph import IR_VERSION, OPSET, Graph
from facecluster.embed.spec import ModelSpec

VIEWS = "views"  # our name for the raw embeddings of all views, float32 [2N, D]


def open_crops(graph: Graph) -> str:
    """float32 [2N, 3, S, S] of 0..255: all crops, then all their mirror images."""
    x = graph.add("Transpose", "crops", perm=[0, 3, 1, 2])
    flipped = graph.add(
        "Slice",
        x,
        graph.integers(-1),
        graph.integers(np.iinfo(np.int64).min),
        graph.integers(3),
        graph.integers(-1),
    )
    x = graph.add("Concat", x, flipped, axis=0)
    return graph.add("Cast", x, to=TensorProto.FLOAT, name="pixels")


def close_views(graph: Graph, views: str, dimension: int) -> None:
    """Average both views of each crop and normalise: adds the outputs of the graph."""
    stacked = graph.add("Reshape", views, graph.integers(2, -1, dimension))
    mean = graph.add("ReduceMean", stacked, axes=[0], keepdims=0)
    _unit(graph, mean, axis=1, name="embedding")
    # The product of the two unit vectors, number by number, sums to their cosine.
    product = graph.add("ReduceProd", _unit(graph, stacked, axis=2), axes=[0], keepdims=0)
    graph.add("ReduceSum", product, graph.integers(1), keepdims=0, name="consistency")


def _unit(graph: Graph, x: str, axis: int, name: str = "") -> str:
    """Divide by the Euclidean length along `axis`; a zero vector stays zero."""
    length = graph.add("ReduceL2", x, axes=[axis], keepdims=1)
    length = graph.add("Max", length, graph.constant("tiny", np.array(1e-12, np.float32)))
    return graph.add("Div", x, length, name=name)


def model(graph: Graph, spec: ModelSpec) -> onnx.ModelProto:
    """The finished model with its spec in the metadata, checked by onnx."""
    size = spec.crop_size
    crops = helper.make_tensor_value_info("crops", TensorProto.UINT8, ["N", size, size, 3])
    outputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", spec.dimension]),
        helper.make_tensor_value_info("consistency", TensorProto.FLOAT, ["N"]),
    ]
    body = helper.make_graph(graph.nodes, "embedder", [crops], outputs, graph.constants)
    made = helper.make_model(
        body,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="facecluster",
    )
    describe(made, spec)
    onnx.checker.check_model(made, full_check=True)
    return made


def describe(made: onnx.ModelProto, spec: ModelSpec) -> None:
    """Write the spec into the model's metadata, in place of any that it carries."""
    helper.set_model_props(made, spec.to_metadata())
