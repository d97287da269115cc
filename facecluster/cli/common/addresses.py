"""Life under `ulimit -v`: libraries ask for addresses by the gigabyte unless they are told not to.

To be called before NumPy is loaded. Without such a limit nothing changes.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Final

from facecluster.base.memory import address_limit

# Of mallopt(3): one arena; what is larger than a MiB goes back to the system when it is freed.
_MALLOC: Final = ((-8, 1), (-3, 1 << 20), (-1, 1 << 20))
_STACK: Final = 2 << 20  # bytes of a thread's
_SINGLE: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def spare_addresses() -> None:
    """One thread per library, one arena for all threads, and small stacks, where addresses are
    counted."""
    if address_limit() is None:
        return
    for name in _SINGLE:
        os.environ[name] = "1"
    threading.stack_size(_STACK)
    with suppress(Exception):  # another C library than that of GNU
        import ctypes

        for parameter, value in _MALLOC:
            ctypes.CDLL(None).mallopt(parameter, value)
