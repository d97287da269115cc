"""On which device a run computes, and how precisely."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from facecluster.errors import FaceclusterError
from facecluster.train.config import Precision


def pick_device(wanted: str) -> torch.device:
    """Raises FaceclusterError when the device is not there."""
    cuda = torch.cuda.is_available()
    mps = torch.backends.mps.is_available()
    if wanted == "auto":
        return torch.device("cuda" if cuda else "cpu")
    if (wanted == "cuda" and not cuda) or (wanted == "mps" and not mps):
        raise FaceclusterError(
            f"`device` {wanted}: PyTorch finds no such device here; use `device` cpu, or install "
            "a PyTorch build for it"
        )
    return torch.device(wanted)


def pick_precision(wanted: Precision, device: torch.device) -> Precision:
    """bfloat16 where the processor multiplies it in hardware (AMX, Ampere and later), float32
    elsewhere: emulated it is slower."""
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    if device.type == "cpu" and torch.cpu._is_amx_tile_supported():
        return "bfloat16"
    return "float32"


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """Convolutions and matrix products in bfloat16, everything that sums in float32."""
    if precision != "bfloat16":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
