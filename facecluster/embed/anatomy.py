"""What a model is made of, whatever file it lies in: ports, layers, parameters, work and spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facecluster.embed.spec import ModelSpec

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
