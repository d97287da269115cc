"""How much memory this process has taken so far."""

from __future__ import annotations

import sys


def peak_megabytes() -> float | None:
    """The largest resident size up to now in MB (2^20 bytes); None where the system does not tell
    (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)  # bytes there, KiB elsewhere
