"""CIFAR-10 and CIFAR-100 as published for Python: an archive, its folder, or one batch file.

Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", University of Toronto, 2009.
Batches are pickles and an archive is a stranger's: they go through `restricted`, in memory, and
nothing is unpacked to disk.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray

from facecluster.errors import FaceclusterError
from facecluster.records import Pixels
from facecluster.train.data.arrays import ArraySet, named_by_label
from facecluster.train.data.formats.restricted import Array, unpickle
from facecluster.train.pickles.nodes import PickleRefusedError
from facecluster.train.records import Labels

SIDE: Final = 32
MAX_BYTES: Final = 1 << 29
LEAST_PACKED: Final = 1 << 24  # bytes that an archive of any size may unfold to
PACKED: Final = 10  # bytes per byte of a larger one; that of CIFAR-10 has 1.1
_TRAIN: Final = re.compile(r"data_batch_\d+|train")
_TEST: Final = re.compile(r"test_batch|test")
_META: Final = ("batches.meta", "meta")
_FOLDERS: Final = ("cifar-10-batches-py", "cifar-100-python")
_ARCHIVE: Final = re.compile(r".*\.(tar|tgz|tar\.gz)", re.IGNORECASE)


def is_cifar(path: Path) -> bool:
    """Whether this looks like an archive, a folder of batches or one batch, by names alone."""
    if path.is_dir():
        return cifar_folder(path) is not None
    return path.is_file() and (_is_batch(path.name) or bool(_ARCHIVE.fullmatch(path.name)))


def _is_batch(name: str) -> bool:
    return bool(_TRAIN.fullmatch(name) or _TEST.fullmatch(name))


def cifar_folder(path: Path) -> Path | None:
    """`path`, or the folder of batches right inside it; None when there is none."""
    for folder in (path, *(path / name for name in _FOLDERS)):
        has_meta = any((folder / name).is_file() for name in _META)
        if (folder / "data_batch_1").is_file() or (has_meta and (folder / "train").is_file()):
            return folder
    return None


def read_cifar(path: Path) -> ArraySet:
    """The training batches (a set without them gives its test batch); or the one batch named.

    CIFAR-100 is read with its 100 fine labels. Raises FaceclusterError that names the file.
    """
    if path.is_dir():
        batches, meta = _from_folder(cifar_folder(path) or path)
    elif _ARCHIVE.fullmatch(path.name):
        batches, meta = _from_archive(path)
    else:
        batches = {str(path): _bytes(path)}
        meta = next((_bytes(f) for name in _META if (f := path.parent / name).is_file()), b"")
    if not batches:
        raise FaceclusterError(f"{path}: holds no CIFAR batches (data_batch_1 … or train)")
    parts = [_batch(name, data) for name, data in batches.items()]
    pixels = np.concatenate([part[0] for part in parts])
    labels, classes = _classes(path, np.concatenate([part[1] for part in parts]), meta)
    return ArraySet(pixels, labels, classes, flips=True, source=path.name)


def _wanted(names: list[str]) -> list[str]:
    """The training batches among names of files, else the test batch."""
    train = [name for name in names if _TRAIN.fullmatch(name)]
    return sorted(train or [name for name in names if _TEST.fullmatch(name)])


def _from_folder(folder: Path) -> tuple[dict[str, bytes], bytes]:
    names = [file.name for file in folder.iterdir() if file.is_file()]
    meta = next((_bytes(folder / name) for name in _META if name in names), b"")
    return {str(folder / name): _bytes(folder / name) for name in _wanted(names)}, meta


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FaceclusterError(f"{path}: too large for a CIFAR batch")
        return path.read_bytes()
    except OSError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error.strerror or error})") from error


def _from_archive(path: Path) -> tuple[dict[str, bytes], bytes]:
    """In one pass: a compressed archive would be unpacked anew for every step back."""
    found: dict[str, bytes] = {}
    try:
        # As a stream, whose bytes are counted: headers unfold and are kept as well.
        with _unfolding(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                if member.isfile() and (_is_batch(name) or name in _META):
                    file = archive.extractfile(member)
                    found[name] = file.read() if file else b""
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise FaceclusterError(f"{path}: the archive is damaged or cut short") from error
    except OSError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error.strerror or error})") from error
    meta = next((found[name] for name in _META if name in found), b"")
    return {f"{path}: {name}": found[name] for name in _wanted(list(found))}, meta


@contextmanager
def _unfolding(path: Path) -> Iterator[IO[bytes]]:
    """The archive's bytes, unpacked where it is packed by gzip, for reading from first to last.
    Raises FaceclusterError where they become more than its size explains."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        most = min(MAX_BYTES, max(LEAST_PACKED, PACKED * size))
        inner = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
        yield cast(IO[bytes], _Counted(path, inner, most))


class _Counted:
    """Reads on to `most` bytes. All that tarfile asks of a stream."""

    def __init__(self, path: Path, file: BinaryIO, most: int) -> None:
        self._path, self._file, self._left = path, file, most

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise FaceclusterError(f"{self._path}: unfolds to more than CIFAR does")
        return data


def _content(name: str, data: bytes) -> dict[str, Any]:
    try:
        content = unpickle(data)
    except PickleRefusedError as error:
        raise FaceclusterError(f"{name}: this pickle was not opened: {error}") from error
    if not isinstance(content, dict):
        raise FaceclusterError(f"{name}: not a CIFAR batch")
    return {_text(key): value for key, value in content.items()}


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _batch(name: str, data: bytes) -> tuple[Pixels, NDArray[np.int64]]:
    """uint8 [N, 32, 32, 3] and int64 [N]."""
    content = _content(name, data)
    rows = content.get("data")
    values = content.get("fine_labels", content.get("labels"))
    if not isinstance(rows, Array) or not isinstance(values, list):
        raise FaceclusterError(f"{name}: not a CIFAR batch: it has no data and labels")
    try:
        planes = rows.pixels()
    except PickleRefusedError as error:
        raise FaceclusterError(f"{name}: {error}") from error
    if planes.ndim != 2 or planes.shape[1] != 3 * SIDE * SIDE or len(planes) != len(values):
        raise FaceclusterError(
            f"{name}: expected {len(values)} rows of 3072 values, got {list(planes.shape)}"
        )
    if not all(isinstance(value, int) and 0 <= value < 100 for value in values):
        raise FaceclusterError(f"{name}: its labels are not numbers from 0 to 99")
    pixels = planes.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pixels), np.array(values, np.int64)


def _classes(path: Path, values: NDArray[np.int64], meta: bytes) -> tuple[Labels, tuple[str, ...]]:
    """Rows in sorted names. Without a list of names the classes are called by their number."""
    content = _content(f"{path}: meta", meta) if meta else {}
    given = content.get("fine_label_names", content.get("label_names"))
    if not isinstance(given, list) or not len(values) or values.max() >= len(given):
        return named_by_label(values)
    names = [_text(name).replace("/", "_") for name in given]
    if len(set(names)) < len(names):
        return named_by_label(values)
    used = sorted(names[number] for number in np.unique(values))
    row = np.array([used.index(name) if name in used else -1 for name in names])
    return row[values].astype(np.int64), tuple(used)
