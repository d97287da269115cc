"""MNIST's IDX files, gzipped or raw: images-idx3-ubyte and labels-idx1-ubyte in pairs.

LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998: two zero bytes, the type
of the values (8 is unsigned byte), the number of dimensions, each as a big-endian uint32, values.
"""

from __future__ import annotations

import gzip
import io
import math
import re
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from facecluster.errors import FaceclusterError
from facecluster.train.data.arrays import ArraySet, named_by_label

MAX_BYTES = 1 << 32
LEAST_PACKED = 1 << 26  # values that a gzip file of any size may announce
PACKED = 50  # values per byte of a larger one; those of MNIST have 2 to 5
CHUNK = 1 << 24
UNSIGNED_BYTE = 8
_NAME = re.compile(r"(.*?)(images|labels)([-.]idx)([13])(-ubyte)?(\.gz)?", re.IGNORECASE)


def is_idx(path: Path) -> bool:
    """Whether the name is that of an IDX file of images or labels."""
    return path.is_file() and _NAME.fullmatch(path.name) is not None


def idx_images(path: Path) -> list[Path]:
    """The images files that `path` stands for: those of a folder, or the one of a file.

    A file that lies there gzipped and raw counts once.
    """
    if path.is_file():
        return [_partner(path, "images")]
    found: dict[str, Path] = {}
    for file in _files(path):
        match = _NAME.fullmatch(file.name)
        if match and match[2].lower() == "images":
            found.setdefault(match[1].lower(), file)
    return list(found.values())


def read_idx(path: Path) -> ArraySet:
    """Read one pair of files, or all pairs of a folder joined.

    Raises FaceclusterError that names the file: not IDX, truncated, too long, without its partner,
    with another count than it.
    """
    pixels, values = [], []
    files = idx_images(path)
    for images in files:
        labels = _partner(images, "labels")
        pictures, numbers = _array(images, 3), _array(labels, 1)
        if len(pictures) != len(numbers):
            raise FaceclusterError(
                f"{images} holds {len(pictures)} pictures, but {labels.name} {len(numbers)} labels"
            )
        pixels.append(pictures)
        values.append(numbers)
    if len({array.shape[1:] for array in pixels}) > 1:
        raise FaceclusterError(f"{path}: its files hold pictures of different sizes; name one file")
    if not sum(map(len, values)):
        raise FaceclusterError(f"{path}: holds no pictures")
    rows, classes = named_by_label(np.concatenate(values))
    source = " and ".join(file.name for file in files)
    return ArraySet(np.concatenate(pixels)[..., None], rows, classes, flips=False, source=source)


def _files(folder: Path) -> list[Path]:
    """None of a folder that may not be listed: who wants pictures there will say so."""
    try:
        return sorted(file for file in folder.iterdir() if file.is_file())
    except OSError:
        return []


def _partner(path: Path, role: str) -> Path:
    """The images or labels file that belongs to `path` (which may be the one that is wanted)."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise FaceclusterError(f"{path}: not named like an IDX file, t10k-images-idx3-ubyte.gz")
    if match[2].lower() == role:
        return path
    for file in _files(path.parent):
        other = _NAME.fullmatch(file.name)
        if other and (other[1].lower(), other[2].lower()) == (match[1].lower(), role):
            return file
    wanted = path.name.replace("images", role).replace("labels", role)
    wanted = wanted.replace("idx3", "idx1") if role == "labels" else wanted.replace("idx1", "idx3")
    raise FaceclusterError(f"{path}: its {role} are missing; {wanted} must lie beside it")


def _array(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The values of one file, uint8 of that many dimensions."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            # By the first bytes and not by the name: some tools unpack and leave the name.
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not packed:
                return _values(path, file, dimensions, MAX_BYTES)
            with gzip.GzipFile(fileobj=file) as inner:
                most = max(LEAST_PACKED, PACKED * size)
                return _values(path, cast(BinaryIO, inner), dimensions, most)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FaceclusterError(f"{path}: the gzip file is damaged or cut short") from error
    except OSError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error.strerror or error})") from error


def _values(path: Path, file: BinaryIO, dimensions: int, most: int) -> NDArray[np.uint8]:
    """most: values that a file of its size can be meant to hold."""
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or not head[3]:
        raise FaceclusterError(f"{path}: not an IDX file, by its first bytes")
    if head[2] != UNSIGNED_BYTE or head[3] != dimensions:
        raise FaceclusterError(
            f"{path}: expected unsigned bytes of {dimensions} dimensions, got type {head[2]:#04x} "
            f"of {head[3]}"
        )
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise FaceclusterError(f"{path}: cut short within its header")
    shape = struct.unpack(f">{dimensions}I", sizes)
    count = math.prod(shape)
    if count > MAX_BYTES or (len(shape) == 3 and shape[0] and not shape[1] * shape[2]):
        raise FaceclusterError(f"{path}: its header announces {' x '.join(map(str, shape))} values")
    if count > most:
        raise FaceclusterError(
            f"{path}: its header announces {' x '.join(map(str, shape))} values, more than a "
            "gzip file of its size is read for; unpack it first if they are really there"
        )
    data = bytearray()  # grown, as a header may announce what was never there
    while len(data) <= count and (chunk := file.read(min(CHUNK, count + 1 - len(data)))):
        data += chunk
    if len(data) != count:
        many = f"only {len(data)}" if len(data) < count else "more"
        raise FaceclusterError(f"{path}: {count} values announced, {many} found")
    return np.frombuffer(data, np.uint8).reshape(shape)
