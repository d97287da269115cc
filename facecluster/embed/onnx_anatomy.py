"""Take an ONNX file apart: its ports, its spec and, where the package onnx is there, its layers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from facecluster.embed.anatomy import Anatomy, Port, Shape
from facecluster.embed.spec import PREFIX, ModelSpec
from facecluster.errors import ModelError
from facecluster.runtime import session


def onnx_anatomy(path: Path) -> Anatomy:
    """Take an ONNX file apart; without the onnx package only ports and spec are told.

    Raises ModelError when it is not a model that ONNX Runtime can open.
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
