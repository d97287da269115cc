"""The machine that this process runs on: how many cores it may use, how much memory it took."""

from __future__ import annotations

import os
import sys


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_megabytes() -> float | None:
    """The largest resident size up to now in MB (2^20 bytes); None where the system does not tell.

    psutil knows the peak on Windows only; elsewhere getrusage(2) does, in bytes on macOS and in
    KiB on other systems.
    """
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        peak = getattr(psutil.Process().memory_info(), "peak_wset", None)
        return None if peak is None else peak / (1 << 20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
