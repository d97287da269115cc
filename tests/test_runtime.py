"""Devices to ONNX Runtime providers, and the one place where sessions are made."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import onnxruntime as ort
import pytest

from facecluster import runtime
from facecluster.config import Device
from facecluster.errors import DeviceError, ModelError

CPU = "CPUExecutionProvider"
EVERY = ort.get_all_providers()  # all that this release knows of, installed or not


def install(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: [*names, CPU])


@pytest.mark.parametrize("device", get_args(Device)[1:])
def test_every_device_names_a_provider_that_onnxruntime_knows(monkeypatch, device) -> None:
    install(monkeypatch, *EVERY)
    first, *rest = runtime.providers(device)
    assert first in EVERY
    assert rest == ([] if device == "cpu" else [CPU])


@pytest.mark.parametrize("device", get_args(Device)[2:])
def test_a_provider_that_is_not_installed_is_one_clear_sentence(monkeypatch, device) -> None:
    install(monkeypatch)
    with pytest.raises(DeviceError) as caught:
        runtime.providers(device)
    message = str(caught.value)
    assert message.startswith(f"`device` {device}: ")
    assert "macOS" in message if device == "coreml" else "pip install onnxruntime-" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        ((), [CPU]),
        (("CUDAExecutionProvider",), ["CUDAExecutionProvider", CPU]),
        (("TensorrtExecutionProvider", "CUDAExecutionProvider"), ["CUDAExecutionProvider", CPU]),
        (("DmlExecutionProvider",), ["DmlExecutionProvider", CPU]),
        (("CoreMLExecutionProvider", "AzureExecutionProvider"), [CPU]),
    ],
)
def test_auto_takes_the_best_that_is_installed(monkeypatch, installed, chosen) -> None:
    install(monkeypatch, *installed)
    assert runtime.providers("auto") == chosen


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: cannot be read"):
        runtime.session(tmp_path / "none.onnx", "cpu")


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x08"])
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx: not an ONNX model"):
        runtime.session(path, "cpu")


def test_threads_reach_the_session() -> None:
    detector = Path(runtime.__file__).parent / "models" / "detector.onnx"
    options = runtime.session(detector, "cpu", threads=3).get_session_options()
    assert options.intra_op_num_threads == 3
