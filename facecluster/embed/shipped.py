"""Which of the two shipped embedders serves a device. Why: export/README.md."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from facecluster.config import Device
from facecluster.runtime import CPU, providers

FLOAT32 = "embedder.onnx"
INT8 = "embedder-int8.onnx"


def shipped_model(device: Device = "auto") -> Path:
    """The int8 model on every processor, the float32 model on accelerators.

    int8 weights keep to seven bits, so that no processor's int8 instructions overflow and all of
    them give the same numbers. Raises DeviceError when the device is not available.
    """
    name = INT8 if providers(device)[0] == CPU else FLOAT32
    return Path(str(resources.files("facecluster.models").joinpath(name)))
