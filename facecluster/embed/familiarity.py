"""How far a crop is like what an embedder was made for, told by what happens inside the network.

Altered faces (drawn, blown out by flash, covered) and things that are no faces are near each other
in the embedding whoever they are. The mean activations of two inner layers tell it, by a linear
model of the logarithm of how much nearer strangers come who were altered alike;
`python -m fitting.odd_pictures` fits it (docs/decisions/015-odd-pictures.md). It stands in the
graph as a further output, `familiarity`. Needs the package onnx.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto

from facecluster.base.atomic import write_atomic
from facecluster.embed.crowding_graph import OURS as CROWDING
from facecluster.embed.crowding_graph import SCALE
from facecluster.embed.onnx_graph import OPSET, Graph, port
from facecluster.errors import ModelError
from facecluster.records import Floats

OURS = "familiarity_"  # every name that we add begins so, but for the output
FAMILIARITY = "familiarity"
# Outputs of dlib's network whose means are looked at: the last blocks of 128 and of 256 channels
# that are more than a few pixels large.
INNER = ("relu_60", "relu_78")
CHANNELS = 128 + 256
QUANTISED = "_QuantizeLinear_Output", "_scale", "_zero_point"  # what they become in int8


@dataclass(frozen=True, slots=True)
class FamiliarityModel:
    """familiarity = exp(min(0, max(least, bias + weights · clipped((means - usual) / spread)))).

    usual, spread, weights: float32 [P], for the mean activations of the inner layers. bias: with
    the margin within which nothing is said against a face. farthest: to which the clipped numbers
    are kept, in spreads. least: of the logarithm. Raises ModelError for what cannot be.
    """

    usual: Floats
    spread: Floats
    weights: Floats
    bias: float
    farthest: float
    least: float

    def __post_init__(self) -> None:
        shapes = {self.usual.shape, self.spread.shape, self.weights.shape}
        if len(shapes) != 1 or self.usual.ndim != 1:
            raise ModelError("familiarity: usual, spread and weights do not fit")
        numbers = np.concatenate([np.ravel(value) for value in astuple(self)])
        if not np.isfinite(numbers).all() or not (self.spread > 0).all():
            raise ModelError("familiarity: a number is missing, or a spread is not above 0")
        if not (self.farthest > 0 and self.least < 0):
            raise ModelError("familiarity: farthest must be above 0 and least below")

    def familiarity(self, means: Floats) -> Floats:
        """float32 [N] in 0..1, 1 for what is known well. means: float32 [N, P]."""
        far = np.float32(self.farthest)
        seen = np.clip((means - self.usual) / self.spread, -far, far)
        log = seen @ self.weights + np.float32(self.bias)
        return np.asarray(np.exp(np.clip(log, self.least, 0)), np.float32)


def save_familiarity(model: FamiliarityModel, path: Path) -> None:
    """Keep it as an .npz of plain arrays, the same bytes for the same numbers."""
    content = io.BytesIO()
    np.savez(content, **{field.name: getattr(model, field.name) for field in fields(model)})
    write_atomic(path, content.getvalue())


def load_familiarity(path: Path) -> FamiliarityModel:
    """What `save_familiarity` kept. Raises ModelError that names the file for anything else."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            arrays = [kept[name].astype(np.float32) for name in ("usual", "spread", "weights")]
            return FamiliarityModel(
                *arrays, *(float(kept[n]) for n in ("bias", "farthest", "least"))
            )
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: not the kept weights of a familiarity model") from error
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def put_means(graph: Graph, made: onnx.ModelProto, name: str) -> str:
    """Add the mean activations of the inner layers over the crop and both its views, float32
    [N, P]. Raises ModelError for a graph without these layers."""
    produced = {output for node in made.graph.node for output in node.output}
    parts = []
    for layer in INNER:
        whole, step, zero = (layer + ending for ending in QUANTISED)
        if whole in produced:  # a copy of its own: the original belongs to fused operators
            tap = graph.add("DequantizeLinear", whole, step, zero, name=f"{OURS}{layer}")
        elif layer in produced:
            tap = layer
        else:
            raise ModelError(f"familiarity: the graph has no layer {layer}, as dlib's network has")
        pooled = graph.add("GlobalAveragePool", tap, name=f"{OURS}{layer}_pooled")
        parts.append(graph.add("Flatten", pooled, name=f"{OURS}{layer}_flat"))
    both = graph.add("Concat", *parts, axis=1, name=f"{OURS}views")
    shape = graph.constant(f"{OURS}two", [2, -1, CHANNELS], np.int64)
    apart = graph.add("Reshape", both, shape, name=f"{OURS}stacked")
    return graph.add("ReduceMean", apart, axes=[0], keepdims=0, name=name)


def put_familiarity(made: onnx.ModelProto, model: FamiliarityModel) -> None:
    """Let a model of dlib's network tell the familiarity of each crop, in place of what it told of
    it before. Its metadata is not changed. Raises ModelError for another network."""
    take_familiarity(made)
    graph = _beside(made)
    x = put_means(graph, made, f"{OURS}means")
    if len(model.weights) != CHANNELS:
        raise ModelError(f"familiarity: fitted to {len(model.weights)} activations, not to these")

    def step(op: str, x: str, name: str, value: ArrayLike) -> str:
        given = graph.constant(f"{OURS}{name}", value, np.float32)
        return graph.add(op, x, given, name=f"{OURS}{name}_done")

    x = step("Sub", x, "usual", model.usual)
    x = step("Div", x, "spread", model.spread)
    x = step("Max", x, "lowest", -model.farthest)
    x = step("Min", x, "highest", model.farthest)
    x = step("MatMul", x, "weights", model.weights)
    x = step("Add", x, "bias", model.bias)
    x = step("Max", x, "least", model.least)
    x = step("Min", x, "most", 0.0)
    graph.add("Exp", x, name=FAMILIARITY, node=f"{OURS}exp")
    _append(made, graph, port(FAMILIARITY, TensorProto.FLOAT, ["N"]))


def with_means(made: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """A copy of the model that gives the mean activations too, under that name."""
    copy = onnx.ModelProto.FromString(made.SerializeToString())
    take_familiarity(copy)
    graph = _beside(copy)
    put_means(graph, copy, name)
    _append(copy, graph, port(name, TensorProto.FLOAT, ["N", CHANNELS]))
    return copy


def take_familiarity(made: onnx.ModelProto) -> None:
    """Remove what `put_familiarity` added; a model without it stays as it is."""
    body = made.graph
    for field in (body.node, body.initializer, body.output, body.value_info):
        kept = [each for each in field if not str(each.name).startswith(OURS)]
        kept = [each for each in kept if each.name != FAMILIARITY]
        if len(kept) < len(field):
            del field[:]
            field.extend(kept)


def _beside(made: onnx.ModelProto) -> Graph:
    opsets = [each.version for each in made.opset_import if each.domain in ("", "ai.onnx")]
    return Graph(opsets[0] if opsets else OPSET)


def _append(made: onnx.ModelProto, graph: Graph, output: onnx.ValueInfoProto) -> None:
    """Before what tells the scale of faces, so that the bytes are the same whichever came first."""
    body = made.graph
    for field, new in (
        (body.node, graph.nodes),
        (body.initializer, graph.constants),
        (body.output, [output]),
    ):
        after = [each for each in field if each.name.startswith(CROWDING) or each.name == SCALE]
        before = list(field)[: len(field) - len(after)]
        del field[:]
        field.extend([*before, *new, *after])
