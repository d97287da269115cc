"""Assemble an embedder's ONNX graph: uint8 crops in, unit embeddings and consistency out.

Written by hand, so that the affine and scaling steps can be folded into the convolutions.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto

from facecluster.embed.onnx_graph import Graph, embedder_ports
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
    length = graph.add("Max", length, graph.constant("tiny", [1e-12], np.float32))
    return graph.add("Div", x, length, name=name)


def model(graph: Graph, spec: ModelSpec) -> onnx.ModelProto:
    """The finished model with its spec in the metadata, checked by onnx."""
    inputs, outputs = embedder_ports(spec.crop_size, spec.dimension)
    return graph.model("embedder", inputs, outputs, spec.to_metadata())
