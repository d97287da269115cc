"""What a model is made of, whatever file it lies in: layers, parameters, work, and its spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from facecluster.embed.spec import PREFIX, ModelSpec
from facecluster.errors import ModelError
from facecluster.runtime import session

Shape = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """shape: of its output for one crop, empty while unknown. parameters: numbers that were learnt.
    multiply_adds: for one crop, 0 for operators that are neither convolution nor matrix product.
    """

    name: str
    op: str
    shape: Shape
    parameters: int
    multiply_adds: int


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of the file; axes of any size have a name."""

    name: str
    kind: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Anatomy:
    """kind: `ONNX` or `checkpoint`. layers: None where they cannot be told, `notes` say why.

    folded: parameters once every normalisation is part of the convolution before it, as in an
    exported file; the same as `parameters` where nothing is left to fold. views: times that a
    crop passes the network, 2 with its mirror image; multiply-adds count them all.
    """

    kind: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    layers: tuple[Layer, ...] | None
    folded: int
    views: int
    spec: ModelSpec | None
    notes: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers or ())

    @property
    def multiply_adds(self) -> int:
        return sum(layer.multiply_adds for layer in self.layers or ())


def by_op(layers: Iterable[Layer]) -> list[tuple[str, int, int, int]]:
    """Operator, number of layers, parameters and multiply-adds, the most work first."""
    sums: dict[str, list[int]] = {}
    for layer in layers:
        row = sums.setdefault(layer.op, [0, 0, 0])
        for i, value in enumerate((1, layer.parameters, layer.multiply_adds)):
            row[i] += value
    ordered = sorted(sums.items(), key=lambda item: (-item[1][2], -item[1][1], -item[1][0]))
    return [(op, count, parameters, work) for op, (count, parameters, work) in ordered]


def onnx_anatomy(path: Path) -> Anatomy:
    """Take an ONNX file apart; without the onnx package only ports and spec are told.

    Raises ModelError when it is no model that ONNX Runtime can open.
    """
    opened = session(path, "cpu")
    notes: list[str] = []
    spec = None
    metadata = opened.get_modelmeta().custom_metadata_map
    try:
        spec = ModelSpec.from_metadata(metadata)
    except ModelError as error:
        absent = PREFIX + "spec" not in metadata
        notes.append("it carries no spec of facecluster" if absent else str(error))
    inputs, outputs = (
        tuple(Port(v.name, v.type.removeprefix("tensor(").rstrip(")"), _shape(v)) for v in values)
        for values in (opened.get_inputs(), opened.get_outputs())
    )
    if find_spec("onnx") is None:
        notes.append("layers need the package onnx: pip install 'facecluster[train]'")
        return Anatomy("ONNX", inputs, outputs, None, 0, 1, spec, tuple(notes))
    from facecluster.embed.onnx_layers import read_layers

    layers, views, unknown = read_layers(path)
    if unknown:
        notes.append(f"the work of {unknown} layers is not counted: their sizes are not fixed")
    folded = sum(layer.parameters for layer in layers)
    return Anatomy("ONNX", inputs, outputs, layers, folded, views, spec, tuple(notes))


def _shape(value: object) -> Shape:
    axes = getattr(value, "shape", None) or ()
    return tuple(axis if isinstance(axis, int | str) else "?" for axis in axes)
