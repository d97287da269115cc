"""ONNX Runtime sessions: which provider serves a device, and how a model file is opened.

Shared by the detector and the embedder; it knows nothing of either.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import onnxruntime as ort

from facecluster.base.memory import address_limit, is_lack
from facecluster.config import Device
from facecluster.errors import DeviceError, ModelError
from facecluster.external_data import refuse_external_data

CPU = "CPUExecutionProvider"
MOST = 1 << 31  # bytes of a model, which protobuf does not take more of

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
    model: str | Path | bytes, device: Device = "auto", threads: int = 1, shipped: bool = False
) -> ort.InferenceSession:
    """Open an ONNX model (a file, or its bytes) for inference.

    threads: threads of one call; 1 by default, since several photos are in flight at once.
    shipped: it came with the package, so that it need not be searched for references to other
    files (2 ms).
    A session may be called from several threads at once. Raises ModelError when the file cannot
    be read or is no ONNX model, DeviceError when the device is not available.
    """
    wanted = providers(device)
    name = "" if isinstance(model, bytes) else f"{model}: "
    content = model if isinstance(model, bytes) else read_model(Path(model))
    try:
        if not shipped:
            refuse_external_data(content)
    except ModelError as error:
        raise ModelError(f"{name}{error}") from error
    try:
        opened = ort.InferenceSession(content, sess_options=_options(threads), providers=wanted)
    except Exception as error:  # ONNX Runtime raises its own classes, made at import in C++
        if is_lack(error):
            raise MemoryError(f"{name}no memory to open the model") from error
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{name}not an ONNX model that can be run here ({reason})") from error
    _check_texts(opened, name)
    if device != "auto" and opened.get_providers()[0] != wanted[0]:
        raise DeviceError(
            f"`device` {device}: {wanted[0]} is installed but could not start (driver or libraries "
            "missing?); use `device` cpu"
        )
    return opened


def _check_texts(opened: ort.InferenceSession, name: str) -> None:
    """Whoever asks for names and metadata later shall get them."""
    try:
        opened.get_modelmeta().custom_metadata_map  # noqa: B018
        for value in (*opened.get_inputs(), *opened.get_outputs()):
            (value.name, value.shape)  # noqa: B018
    except UnicodeDecodeError as error:
        raise ModelError(f"{name}damaged: names or metadata in it are not in UTF-8") from error


class Later:
    """A session that is opened when it is first asked for; safe to call from several threads.

    For models that are known to open: a fault would be met in the middle of the work.
    """

    def __init__(self, opener: Callable[[], ort.InferenceSession]) -> None:
        self._opener: Callable[[], ort.InferenceSession] | None = opener
        self._lock = Lock()
        self._session: ort.InferenceSession

    def __call__(self) -> ort.InferenceSession:
        with self._lock:
            if self._opener is not None:
                self._session = self._opener()
                self._opener = None  # with the model's bytes
            return self._session


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised, and warnings not for users
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if address_limit() is not None:  # it grows by doubling, and keeps what it had
        options.enable_cpu_mem_arena = False
    return options


def read_model(path: Path) -> bytes:
    """The bytes of a model file. Raises ModelError when they cannot be had.

    A pipe is not waited for, and a device, which may never end, not read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ValueError("it is not a regular file")
            if status.st_size > MOST:
                raise ValueError("it is larger than ONNX files can be")
            return file.read()
    except (OSError, ValueError, MemoryError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error) or "not enough memory"
        raise ModelError(f"{path}: cannot be read ({reason})") from error
