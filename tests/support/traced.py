"""PyTorch's ONNX exporter as a stand-in: tests of what comes after it need not wait for it."""

from __future__ import annotations

from types import SimpleNamespace

import onnx
import pytest
import torch

# torch.onnx.export loads what torch.export offers, so both are kept as they were.
_PROGRAM, _ONNX = torch.export.export, torch.onnx.export


def export_as(monkeypatch: pytest.MonkeyPatch, made: onnx.ModelProto | None) -> None:
    """From now on PyTorch exports every module as a copy of this model; None: as it does itself."""
    program, exported = _PROGRAM, _ONNX
    if made is not None:

        def program(*_: object, **__: object) -> None:
            """Nothing: what is made of it is known already."""

        def exported(*_: object, **__: object) -> SimpleNamespace:
            return SimpleNamespace(model_proto=onnx.ModelProto.FromString(made.SerializeToString()))

    monkeypatch.setattr(torch.export, "export", program)
    monkeypatch.setattr(torch.onnx, "export", exported)
