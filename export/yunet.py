"""Make the shipped face detector: YuNet's weights, with the heads decoded inside the graph.

The published graph has a fixed input and twelve raw outputs. Here the backbone and the neck stay
as they are; the four heads of a level (class, box, objectness, landmarks) become one pair of
convolutions, which is exact, and the decoding that callers usually write by hand (Wu et al.,
"YuNet: a tiny millisecond-level face detector", 2023) moves into the graph.

    pixels     uint8 [N, H, W, 3] RGB, H and W multiples of 32
    threshold  float32 [1], candidates with a lower score are dropped
    image      int64 [K], which of the N pictures; best score is not first, and nothing is merged
    boxes      float32 [K, 4], x, y, width, height in px of `pixels`
    landmarks  float32 [K, 5, 2]
    scores     float32 [K], sqrt(class * objectness)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

from export.weights import yunet_file
from export.yunet_proof import prove
from facecluster.base.atomic import write_atomic
from facecluster.embed.onnx_graph import Graph, content_of, port

OUT = Path(__file__).resolve().parents[1] / "facecluster" / "models" / "detector.onnx"
STRIDES = (8, 16, 32)
# The neck's output of each stride, by the names of the published graph.
FEATURES = {8: "256", 16: "246", 32: "236"}
HEADS = ("cls", "obj", "bbox", "kps")
TRUNK_OPS = {"Conv", "Relu", "MaxPool", "Resize", "Add"}
OUTPUTS: dict[str, tuple[int, list[str | int]]] = {
    "image": (TensorProto.INT64, ["K"]),
    "boxes": (TensorProto.FLOAT, ["K", 4]),
    "landmarks": (TensorProto.FLOAT, ["K", 5, 2]),
    "scores": (TensorProto.FLOAT, ["K"]),
}
Weights = dict[str, NDArray[Any]]


def _trunk(graph: Graph, published: onnx.GraphProto, weights: Weights) -> None:
    """Copy backbone and neck; the first layer learns to take RGB in place of BGR."""
    stem = published.node[0].input[1]
    flipped = weights | {stem: weights[stem][:, ::-1]}
    for node in published.node:
        if node.op_type not in TRUNK_OPS or "bbox_head" in "".join(node.input):
            continue
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.name = f"trunk_{node.output[0]}"
        if node.op_type == "Resize":
            copy.input[1] = ""  # a region of interest that this mode does not look at
        for name in copy.input:
            if name in flipped:
                graph.constant(name, flipped[name])
        graph.nodes.append(copy)


def _heads(graph: Graph, weights: Weights, level: int, stride: int) -> str:
    """Both convolutions of all four heads at once: 16 channels cls, obj, 4 box, 10 landmarks."""
    value = FEATURES[stride]
    for layer, kernel, pad, groups in (("conv1", 1, 0, 1), ("conv2", 3, 1, 16)):
        name = f"heads{stride}_{layer}"
        parts = [f"bbox_head.multi_level_{head}.{level}.{layer}" for head in HEADS]
        joined = {
            kind: np.concatenate([weights[f"{part}.{kind}"] for part in parts])
            for kind in ("weight", "bias")
        }
        value = graph.add(
            "Conv",
            value,
            *(graph.constant(f"{name}_{kind}", array) for kind, array in joined.items()),
            name=name,
            kernel_shape=[kernel, kernel],
            pads=[pad] * 4,
            group=groups,
        )
    return value


def _slice(graph: Graph, value: str, start: int, stop: int) -> str:
    """value[:, start:stop]"""
    bounds = (graph.integers(start), graph.integers(stop), graph.integers(1))
    return graph.add("Slice", value, *bounds)


def _decode(graph: Graph, heads: str, stride: int) -> tuple[str, ...]:
    """Raw heads [N, 16, h, w] to what OUTPUTS lists, for the cells above the threshold.

    A cell's box is centred at its corner plus a shift, its size an exponential, both in cells;
    landmarks are shifts from the same corner.
    """
    step = graph.constant(f"stride{stride}", [stride], np.float32)
    chance = graph.add("Sigmoid", _slice(graph, heads, 0, 2))
    score = graph.add("Sqrt", graph.add("ReduceProd", chance, axes=[1], keepdims=0))
    above = graph.add("GreaterOrEqual", score, "threshold")
    places = graph.add("Transpose", graph.add("NonZero", above), perm=[1, 0])  # [K, 3] image, y, x
    last = graph.add("Transpose", heads, perm=[0, 2, 3, 1])
    raw = graph.add("GatherND", last, places)  # [K, 16]
    cells = graph.add("Gather", places, graph.integers(2, 1), axis=1)
    corner = graph.add("Cast", cells, to=TensorProto.FLOAT)  # [K, 2] x, y
    middle = graph.add("Add", _slice(graph, raw, 2, 4), corner)
    size = graph.add("Exp", _slice(graph, raw, 4, 6))
    half = graph.add("Mul", size, graph.constant("half", [0.5], np.float32))
    box = graph.add("Concat", graph.add("Sub", middle, half), size, axis=1)
    points = graph.add("Reshape", _slice(graph, raw, 6, 16), graph.integers(-1, 5, 2))
    around = graph.add("Unsqueeze", corner, graph.integers(1))
    return (
        graph.add("Squeeze", _slice(graph, places, 0, 1), graph.integers(1)),
        graph.add("Mul", box, step),
        graph.add("Mul", graph.add("Add", points, around), step),
        graph.add("GatherND", score, places),
    )


def build(source: Path) -> onnx.ModelProto:
    """The detector graph from the published file; checked by ONNX, not yet by its output."""
    published = onnx.load(source).graph
    weights = {t.name: numpy_helper.to_array(t) for t in published.initializer}
    graph = Graph()
    graph.add("Transpose", graph.add("Cast", "pixels", to=1), perm=[0, 3, 1, 2], name="input")
    _trunk(graph, published, weights)
    levels = [
        _decode(graph, _heads(graph, weights, level, stride), stride)
        for level, stride in enumerate(STRIDES)
    ]
    for output, parts in zip(OUTPUTS, zip(*levels, strict=True), strict=True):
        graph.add("Concat", *parts, name=output, axis=0)
    inputs = [
        port("pixels", TensorProto.UINT8, ["N", "H", "W", 3]),
        port("threshold", TensorProto.FLOAT, [1]),
    ]
    outputs = [port(name, kind, shape) for name, (kind, shape) in OUTPUTS.items()]
    about = {"facecluster.detector": "yunet-2023mar", "licence": "MIT"}
    return graph.model("yunet", inputs, outputs, about)


def main() -> int:
    source = yunet_file()
    model = build(source)
    if not prove(content_of(model), source):
        print("The graph does not agree with OpenCV's; nothing was written.")
        return 1
    write_atomic(OUT, content_of(model))
    print(f"{OUT.name}: {OUT.stat().st_size:,} bytes, {len(model.graph.node)} nodes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
