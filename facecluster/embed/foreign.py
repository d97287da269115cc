"""An ONNX embedder from elsewhere: which input takes pictures, how, and what comes out.

Needs the package onnx.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto

from facecluster.embed.spec import PREFIX
from facecluster.errors import ModelError, SettingsError
from facecluster.external_data import refuse_external_data
from facecluster.records import Floats
from facecluster.runtime import read_model, session

KINDS = {TensorProto.FLOAT: np.float32, TensorProto.FLOAT16: np.float16}
TO_FIRST = [0, 3, 1, 2]  # from axes N, H, W, C to N, C, H, W


@dataclass(frozen=True, slots=True)
class Foreign:
    """input, output: names. size: side of the square picture in px. channels_last: whether it takes
    [N, H, W, 3] in the place of [N, 3, H, W]. batch: number of pictures per call where the graph
    fixes it, else None. half: float16 in and out. dimension: numbers of an embedding."""

    path: Path
    content: bytes
    input: str
    output: str
    size: int
    channels_last: bool
    batch: int | None
    half: bool
    dimension: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_foreign(
    path: Path, input: str | None = None, output: str | None = None, size: int | None = None
) -> Foreign:
    """Look at a file and run it once.

    input, output: names, needed where it has several. size: needed where the file leaves it open.
    Raises ModelError for what is not an embedder that we can feed, SettingsError for wrong names.
    """
    data = read_model(path)
    try:
        refuse_external_data(data)
        made = onnx.ModelProto.FromString(data)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    except Exception as error:  # protobuf's DecodeError, of a package that onnx brings along
        raise ModelError(f"{path}: not an ONNX model") from error
    if any(entry.key == PREFIX + "spec" for entry in made.metadata_props):
        raise ModelError(f"{path}: has a spec already; use it as it is, or adopt the original")
    stored = {tensor.name for tensor in made.graph.initializer}
    inputs = [value for value in made.graph.input if value.name not in stored]
    taken = _chosen(path, "input", input, inputs)
    if len(inputs) > 1:
        names = ", ".join(value.name for value in inputs)
        raise ModelError(f"{path}: takes several inputs ({names}); an embedder takes pictures only")
    given = _chosen(path, "output", output, list(made.graph.output))
    kind = taken.type.tensor_type.elem_type
    if kind not in KINDS:
        name = TensorProto.DataType.Name(kind).lower()
        raise ModelError(f"{path}: input {taken.name} takes {name}; float32 or float16 is wanted")
    axes = [d.dim_value or None for d in taken.type.tensor_type.shape.dim]
    last = _channels_last(path, made.graph, taken.name, axes)
    side = _size(path, axes[1:3] if last else axes[2:4], size)
    half, content = kind == TensorProto.FLOAT16, _whole(made)
    found = (taken.name, given.name, side, last, axes[0], half)
    first = run(Foreign(path, content, *found, dimension=1), np.zeros((1, side, side, 3), "f4"))
    if not first.size or first.size > 65536:
        shape = list(first.shape)
        raise ModelError(f"{path}: output {given.name} is not an embedding, but {shape}")
    return Foreign(path, content, *found, dimension=first.size)


def run(foreign: Foreign, pixels: Floats) -> Floats:
    """What the file itself says of prepared pixels float32 [N, S, S, 3]: float32 [N, D], not
    normalised. A fixed batch is filled up. Raises ModelError when it cannot be run."""
    opened = session(foreign.content, "cpu")
    values = pixels if foreign.channels_last else pixels.transpose(TO_FIRST)
    values = np.ascontiguousarray(values, np.float16 if foreign.half else np.float32)
    step = foreign.batch or 1
    rows: list[NDArray[Any]] = []
    try:
        for start in range(0, len(values), step):
            part = values[start : start + step]
            full = np.concatenate([part, np.repeat(part[:1], step - len(part), axis=0)])
            said = opened.run([foreign.output], {foreign.input: full})[0]
            rows.append(np.asarray(said, np.float32).reshape(step, -1)[: len(part)])
    except Exception as error:  # ONNX Runtime raises its own classes, and a shape that does not fit
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"{foreign.path}: does not run on a picture of {foreign.size} px ({reason})"
        ) from error
    return np.concatenate(rows)


def _whole(made: onnx.ModelProto) -> bytes:
    """The bytes of the model; weights are not inputs."""
    stored = {tensor.name for tensor in made.graph.initializer}
    inputs = [value for value in made.graph.input if value.name not in stored]
    del made.graph.input[:]
    made.graph.input.extend(inputs)
    made.ir_version = max(made.ir_version, 4)  # from here on weights need not be inputs
    content: bytes = made.SerializeToString()
    return content


def _chosen(path: Path, field: str, name: str | None, values: list[Any]) -> Any:
    """The value of that name; without a name the first input, or the only output."""
    names = ", ".join(value.name for value in values) or "none"
    if name is not None:
        for value in values:
            if value.name == name:
                return value
        raise SettingsError(field, f"{path} has {names}", name)
    if not values:
        raise ModelError(f"{path}: has no {field}")
    if len(values) > 1 and field == "output":
        raise SettingsError(f"{path}: name the output that is the embedding by `output`: {names}")
    return values[0]


def _channels_last(path: Path, graph: onnx.GraphProto, name: str, axes: list[int | None]) -> bool:
    """By the axis that is 3 wide; where both are open, by what the graph does first."""
    if len(axes) == 4 and (axes[1] == 3) != (axes[3] == 3):
        return axes[3] == 3
    users = [node for node in graph.node if name in node.input]
    if len(axes) == 4 and axes[1] is None and users:
        turns = [list(a.ints) for a in users[0].attribute if a.name == "perm"]
        if users[0].op_type == "Conv":
            return False
        if turns == [TO_FIRST]:
            return True
    shape = ["?" if axis is None else axis for axis in axes]
    raise ModelError(
        f"{path}: input {name} is {shape}; [N, 3, S, S] or [N, S, S, 3] is wanted, with 3 colours"
    )


def _size(path: Path, sides: list[int | None], wanted: int | None) -> int:
    height, width = sides
    if height and width and height != width:
        raise ModelError(f"{path}: takes {width} x {height} px; only squares can be adopted")
    fixed = height or width
    if fixed and wanted and fixed != wanted:
        raise SettingsError("size", f"{path} takes {fixed} px", wanted)
    if not fixed and not wanted:
        raise SettingsError(f"{path}: leaves its size open; say how many px with `size`")
    return int(fixed or wanted or 0)
