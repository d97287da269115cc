"""Files beside photos and heads of photos: only what is asked for, and never a pipe or a device."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Self

_FIRST = 8192  # bytes; most heads are told from them
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class Parts:
    """A file of which parts are read. Raises OSError as the system does."""

    def __init__(self, path: str | Path) -> None:
        self._file = os.open(path, _FLAGS)  # a pipe would wait for its other end
        try:
            about = os.fstat(self._file)
            if not stat.S_ISREG(about.st_mode):
                raise OSError("it is no regular file")
            self.size = about.st_size
            self._first = os.read(self._file, _FIRST)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def read(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer at the end of the file."""
        if start + length <= len(self._first):
            return self._first[start : start + length]
        if not 0 <= start < self.size:
            return b""
        os.lseek(self._file, start, os.SEEK_SET)
        length = min(length, self.size - start)
        pieces = []
        while length > 0 and (piece := os.read(self._file, length)):
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)


def whole(path: str | Path, most: int) -> bytes | None:
    """All of a file, or None where it has more than `most` bytes. Raises OSError."""
    with Parts(path) as file:
        return None if file.size > most else file.read(0, file.size)
