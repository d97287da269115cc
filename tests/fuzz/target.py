"""What a fuzz target is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Mend = Callable[[bytes, random.Random], bytes]


def as_it_is(data: bytes, dice: random.Random) -> bytes:
    return data


@dataclass(frozen=True)
class Target:
    """A reader.

    seeds: makes the files that are damaged, small ones. read: reads such a file, in a folder that
    has only that file; gives something or raises a FaceclusterError. file: what it is called.
    words: of the format, which are put into files. mend: what is done to a damaged file so that
    the reader gets further, such as right checksums. count: files in `make ci`.
    """

    name: str
    count: int
    seeds: Callable[[], Sequence[bytes]]
    read: Callable[[Path], object]
    file: str = "file"
    words: Sequence[bytes] = ()
    mend: Mend = as_it_is
