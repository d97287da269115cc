"""An .npy file of crops that grows row by row, so that packing needs no memory."""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy

from facecluster.records import Pixels


class CropFile:
    """An .npy file that grows. Written as a file and not through a memory map, where a full disk
    would kill the process instead of raising an error."""

    def __init__(self, file: BinaryIO, size: int, channels: int) -> None:
        self._file = file
        self._shape = (size, size, channels)
        self._row = size * size * channels
        self._header(0)
        self._start = file.tell()

    def _header(self, count: int) -> None:
        # NumPy leaves room in the header for the first axis to grow, so its length stays.
        meta = {"descr": "|u1", "fortran_order": False, "shape": (count, *self._shape)}
        npy.write_array_header_1_0(self._file, meta)

    def append(self, crop: Pixels) -> None:
        self._file.write(np.ascontiguousarray(crop).data)

    def cut_to(self, count: int) -> None:
        """Forget all rows from `count` on."""
        self._file.seek(self._start + count * self._row)
        self._file.truncate()

    def close(self, count: int) -> None:
        self._file.seek(0)
        self._header(count)
        if self._file.tell() != self._start:
            raise AssertionError("the header has grown over the pixels")
        self._file.flush()
        os.fsync(self._file.fileno())
