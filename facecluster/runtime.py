"""ONNX Runtime sessions: which provider serves a device, and how a model file is opened.

Shared by the detector and the embedder; it knows nothing of either.
"""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort

from facecluster.base.memory import address_limit, is_lack
from facecluster.config import Device
from facecluster.errors import DeviceError, ModelError

CPU = "CPUExecutionProvider"

# Provider names: https://onnxruntime.ai/docs/execution-providers/ ; the package that carries each.
_PROVIDERS: dict[Device, tuple[str, str]] = {
    "cpu": (CPU, "onnxruntime"),
    "cuda": ("CUDAExecutionProvider", "onnxruntime-gpu"),
    "tensorrt": ("TensorrtExecutionProvider", "onnxruntime-gpu"),
    "rocm": ("MIGraphXExecutionProvider", "onnxruntime-migraphx"),
    "coreml": ("CoreMLExecutionProvider", "onnxruntime"),
    "directml": ("DmlExecutionProvider", "onnxruntime-directml"),
    "openvino": ("OpenVINOExecutionProvider", "onnxruntime-openvino"),
}

# `auto` leaves out two: TensorRT compiles an engine for minutes at its first run, and CoreML falls
# back to the CPU node by node for dynamic shapes, which costs more than it gains.
_AUTO: tuple[Device, ...] = ("cuda", "rocm", "directml", "openvino")


def providers(device: Device) -> list[str]:
    """ONNX Runtime providers for `device`, the wanted one first and the CPU last.

    `auto` takes the best that is installed. Raises DeviceError, which names the package to
    install, when the wanted provider is not part of the installed ONNX Runtime.
    """
    installed = ort.get_available_providers()
    if device == "auto":
        served = [_PROVIDERS[name][0] for name in _AUTO]
        return [*(name for name in served if name in installed), CPU]
    provider, package = _PROVIDERS[device]
    if provider not in installed:
        hint = "it comes with macOS only" if device == "coreml" else f"try `pip install {package}`"
        raise DeviceError(
            f"`device` {device}: the installed ONNX Runtime has no {provider}; {hint}, "
            "or use `device` cpu"
        )
    return [provider] if provider == CPU else [provider, CPU]


def session(
    model: str | Path | bytes, device: Device = "auto", threads: int = 1
) -> ort.InferenceSession:
    """Open an ONNX model (a file, or its bytes) for inference.

    threads: threads of one call; 1 by default, since several photos are in flight at once.
    A session may be called from several threads at once. Raises ModelError when the file cannot
    be read or is no ONNX model, DeviceError when the device is not available.
    """
    wanted = providers(device)
    name = "" if isinstance(model, bytes) else f"{model}: "
    content = model if isinstance(model, bytes) else _read(Path(model))
    try:
        opened = ort.InferenceSession(content, sess_options=_options(threads), providers=wanted)
    except Exception as error:  # ONNX Runtime raises its own classes, made at import in C++
        if is_lack(error):
            raise MemoryError(f"{name}no memory to open the model") from error
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{name}not an ONNX model that can be run here ({reason})") from error
    if device != "auto" and opened.get_providers()[0] != wanted[0]:
        raise DeviceError(
            f"`device` {device}: {wanted[0]} is installed but could not start (driver or libraries "
            "missing?); use `device` cpu"
        )
    return opened


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised, and warnings not for users
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if address_limit() is not None:  # it grows by doubling, and keeps what it had
        options.enable_cpu_mem_arena = False
    return options


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
