"""A reader with every fault that there is, to see that they are seen."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from tests.fuzz.target import Target

ENDS = (b"fine", b"raises", b"dies", b"hangs", b"large")


def read(path: Path) -> None:
    end = path.read_bytes()
    if end == b"raises":
        raise KeyError("x")
    if end == b"dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if end == b"hangs":
        time.sleep(600)
    if end == b"large":
        assert len(b"x" * ((1 << 30) + 1))


def one_of_the_ends(data: bytes, dice: random.Random) -> bytes:
    return dice.choice(ENDS)


TARGET = Target("broken", 16, lambda: [b""], read, mend=one_of_the_ends)
