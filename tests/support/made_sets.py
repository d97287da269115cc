"""Bytes and records of sets made by hand."""

from __future__ import annotations

import gzip
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from facecluster.train.records import Pictures

MakeFolders = Callable[..., Path]
Cifar = tuple[Path, np.ndarray, list[int]]  # folder, pixels, labels


def idx_bytes(array: np.ndarray) -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


def write_idx(
    folder: Path, pixels: np.ndarray, labels: np.ndarray, prefix: str = "t10k-", dot: str = "-"
) -> None:
    """A pair of files, gzipped."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in ((f"images{dot}idx3", pixels), (f"labels{dot}idx1", labels)):
        (folder / f"{prefix}{name}-ubyte.gz").write_bytes(gzip.compress(idx_bytes(array), 1))


def cifar_batch(pixels: np.ndarray, labels: list[int], key: str = "labels") -> bytes:
    """A batch as NumPy and Python 3 pickle it. pixels: uint8 [N, 32, 32, 3]."""
    rows = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)
    batch: dict[bytes, Any] = {b"data": np.ascontiguousarray(rows), key.encode(): labels}
    return pickle.dumps(batch, protocol=2)


def pictures_of(labels: list[int] | np.ndarray, own_val: tuple[str, ...] = ()) -> Pictures:
    """Pictures of 8 px without content, with these labels."""
    rows = np.asarray(labels, np.int64)
    classes = tuple(f"c{number:03d}" for number in range(int(rows.max()) + 1))
    return Pictures(
        pixels=np.zeros((len(rows), 8, 8, 1), np.uint8),
        labels=rows,
        classes=classes,
        names=tuple(f"{classes[row]}/{row}_{i:05d}.jpg" for i, row in enumerate(rows.tolist())),
        own_val=own_val,
        source="made by hand",
    )


def silent(stage: str, done: int, total: int) -> None:
    assert 0 <= done <= total
    assert stage == "pack"
