"""A photo's bytes to an upright RGB picture, at no more than the size the work needs."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from facecluster.base import narrow
from facecluster.base.memory import is_lack
from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.photos import exif, jpeg, memory, strips
from facecluster.photos.formats import open_picture, sniff
from facecluster.photos.frames import first_shown
from facecluster.photos.kinds import png_rows
from facecluster.photos.kinds.png import exif_block
from facecluster.photos.quiet import silence_decoders
from facecluster.photos.raw.preview import is_raw, preview
from facecluster.photos.reasons import reason
from facecluster.records import Picture


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a photo may ask of the machine, and of our patience.

    file_bytes: of the file. pixels: as decoded, which is a limit of time. memory: bytes for the
    file and its pixels together, so that a run with one photo in work stays below 1 GB. seconds,
    bytes_per_second: a file that takes `seconds` longer to read than its size at that speed is
    given up. sure_bytes: what is larger must begin like a photo to be read on.
    """

    file_bytes: int = 1 << 30
    pixels: int = 1 << 28
    memory: int = 704_000_000
    seconds: float = 10.0
    bytes_per_second: int = 100_000
    sure_bytes: int = 16 << 20


LIMITS: Final = ReadLimits()
_PIECE: Final = 1 << 20
_BY_ROWS: Final = 1 << 26  # pixels from which a PNG is not decoded as a whole
_OF_STRIPS: Final = 64  # bytes per pixel of a strip, with all that is made of it
_GONE: Final = "gone: it was there when the folder was listed"
_REASONS: Final = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "broken link: it points at itself",
    errno.ENAMETOOLONG: "its path is too long for this system",
    errno.EISDIR: "not a regular file",
    errno.ENXIO: "not a regular file",
}


def load(path: Path, limits: ReadLimits = LIMITS) -> bytes:
    """All bytes of the photo, opened for reading only.

    Raises PhotoError: empty, gone, permission denied, broken link, not a regular file, larger
    than the limit, large and not a photo, or a file that never ends. What counts is what the file
    gives, whatever its size is said to be. A pipe, socket or device is never waited for.
    """
    try:
        _check(os.stat(path), limits)
        # Not blocking, should a pipe have taken the file's place since (no such flag on Windows).
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb", buffering=0) as file:
            about = os.fstat(file.fileno())
            _check(about, limits)
            data = _read(file, about.st_size, limits)
    except FileNotFoundError as error:
        reason = "broken link: its target is gone" if os.path.islink(path) else _GONE
        raise PhotoError(reason) from error
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or f"cannot read: {_line(error)}"
        raise PhotoError(reason) from error
    except ValueError as error:  # a NUL character in the name
        raise PhotoError(f"cannot read: {_line(error)}") from error
    except MemoryError as error:
        raise MemoryPhotoError("not enough memory to read it") from error
    if not data:
        raise PhotoError("empty file")
    return data


def _check(status: os.stat_result, limits: ReadLimits) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PhotoError("not a regular file")
    _check_size(status.st_size, limits)


def _check_size(size: int, limits: ReadLimits) -> None:
    if size > limits.file_bytes:
        have, most = (count / (1 << 30) for count in (size, limits.file_bytes))
        raise PhotoError(f"too large: {have:.1f} GiB, the limit is {most:.3g} GiB")


def _read(file: io.FileIO, size: int, limits: ReadLimits) -> bytes:
    """The bytes to the end, piece by piece: memory grows with what there really is."""
    until = time.monotonic() + limits.seconds + max(size, 0) / limits.bytes_per_second
    data, sure = io.BytesIO(), False
    while piece := file.read(_PIECE):
        data.write(piece)
        have = data.tell()
        _check_size(have, limits)
        if not sure and have >= limits.sure_bytes:
            sniff(data.getvalue())
            sure = True
        if time.monotonic() > until:
            raise PhotoError(f"too slow: only {have / 1e6:.1f} MB of it came until we gave it up")
    if piece is None:
        raise PhotoError("cannot read: it gives nothing yet, as a pipe without a writer does")
    return data.getvalue()


def digest(data: bytes) -> str:
    """The photo's identity: BLAKE2b of its bytes, 16 bytes as 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Opened:
    """A photo whose header was read and whose pixels were not.

    name: of its format. pixels: as many as the decoder will hold. memory: bytes for the file and
    its pixels at the worst moment. scale: of a JPEG. rows: how many are decoded at a time, 0 for
    all at once.
    """

    data: bytes
    name: str
    picture: ImageFile
    long_side: int
    pixels: int
    memory: int
    scale: int
    rows: int


def decode(data: bytes, long_side: int, limits: ReadLimits = LIMITS) -> Picture:
    """The upright picture in RGB, at the smallest scale whose long side is still `long_side` px.

    JPEG is decoded at 1, 1/2, 1/4 or 1/8; any format that is at least twice as large as asked
    for is then reduced by a whole number, each pixel the mean of a block. The first picture of
    a multi-page file is taken, and of an animation the first that is not of one colour. The array
    is read-only.

    Raises PhotoError with a short reason, and nothing else, whatever the bytes are: not a photo,
    truncated, damaged, more pixels to decode than the limit, or an extra that is not installed.
    """
    return decode_opened(open_photo(data, long_side, limits))


def open_photo(data: bytes, long_side: int, limits: ReadLimits = LIMITS) -> Opened:
    """The first half of `decode`: what takes next to no memory. Raises PhotoError as it does."""
    if long_side < 1:
        raise ValueError(f"long_side: expected at least 1, got {long_side}")
    silence_decoders()
    name = sniff(data)
    with _reasons(name):
        if is_raw(data, name):
            data, name = preview(data), "JPEG"
        return _open(data, name, open_picture(data, name), long_side, limits)


def header(data: bytes, limits: ReadLimits = LIMITS) -> tuple[int, str | None]:
    """The orientation 1..8 and the capture time that a photo's tags tell, as `decode` gives them.

    Raises PhotoError as `decode` does.
    """
    opened = open_photo(data, 1, limits)
    with _reasons(opened.name):
        return exif.orientation(opened.picture), exif.taken(opened.picture)


def decode_opened(opened: Opened) -> Picture:
    """The other half of `decode`; to be called once, as pixels are loaded into what was opened.

    Raises MemoryPhotoError where memory ran out before the limit, PhotoError as `decode` does.
    """
    with _reasons(opened.name):
        return _by_rows(opened) if opened.rows else _whole(opened)


@contextmanager
def _reasons(name: str) -> Iterator[None]:
    """What decoders raise on damaged bytes is nearly anything: it becomes a PhotoError."""
    try:
        yield
    except PhotoError:
        raise
    except Exception as error:
        if is_lack(error):
            raise MemoryPhotoError("not enough memory to decode it") from error
        raise PhotoError(reason(name, error)) from error


def _open(data: bytes, name: str, picture: ImageFile, long_side: int, limits: ReadLimits) -> Opened:
    width, height = picture.size
    long_side = narrow.long_side(width, height, long_side)
    scale = jpeg.best_scale(width, height, long_side) if name == "JPEG" else 1
    pixels = jpeg.decoded_pixels(data, picture, scale) if name == "JPEG" else width * height
    if min(width, height) < 1:
        raise PhotoError(f"damaged {name}: it has no pixels")
    if pixels > limits.pixels:
        most = limits.pixels // 10**6
        raise PhotoError(f"too large: {width} x {height} px, the limit is {most} MP")
    rows, needed = 0, memory.needed(data, name, picture, scale)
    if name == "PNG" and pixels > _BY_ROWS and png_rows.in_rows(data):
        rows = strips.strip_rows(picture.size, strips.reduction(picture.size, long_side))
        needed = len(data) + _OF_STRIPS * width * min(rows, height)
    _check_memory(picture, needed, limits)
    return Opened(data, name, picture, long_side, pixels, needed, scale, rows)


def _whole(opened: Opened) -> Picture:
    picture = opened.picture
    width, height = picture.size
    taken, tag = exif.taken(picture), exif.orientation(picture)
    if opened.name == "JPEG":
        picture = jpeg.load(opened.data, picture, opened.scale)
    else:
        picture.load()
    # TIFF and HEIF decoders turn the pixels themselves and then change the tag: what is left of it
    # after loading is what is still to be done.
    turn = exif.orientation(picture)
    if opened.name != "JPEG":
        width, height = picture.size
    if turn >= 5:
        width, height = height, width
    rgb = _small_rgb(picture, opened.long_side)
    return Picture(np.asarray(exif.upright(rgb, turn)), width, height, tag, taken)


def _by_rows(opened: Opened) -> Picture:
    """A PNG that is too large to be decoded as a whole."""
    data, picture, rows = opened.data, opened.picture, opened.rows
    factor = strips.reduction(picture.size, opened.long_side)
    # Without this Pillow decodes the picture in search of it.
    picture.info.setdefault("exif", exif_block(data))
    taken, turn = exif.taken(picture), exif.orientation(picture)
    rgb = strips.reduced(png_rows.strips(data, rows), picture.size, factor)
    width, height = picture.size if turn < 5 else picture.size[::-1]
    return Picture(np.asarray(exif.upright(rgb, turn)), width, height, turn, taken)


def _check_memory(picture: ImageFile, needed: int, limits: ReadLimits) -> None:
    if needed > limits.memory:
        width, height = picture.size
        takes, most = (count / 1e9 for count in (needed, limits.memory))
        raise PhotoError(
            f"too large: {width} x {height} px take {takes:.2f} GB of memory, "
            f"the limit is {most:.2f} GB; a run with more memory reads it"
        )


def _small_rgb(picture: ImageFile, long_side: int) -> Image.Image:
    """In RGB, blocks of pixels averaged where it is at least twice as large as needed."""
    factor = strips.reduction(picture.size, long_side)
    if strips.in_strips(picture, long_side):
        pieces = strips.cut(picture, strips.strip_rows(picture.size, factor))
        return strips.reduced(pieces, picture.size, factor, getattr(picture, "tag_v2", None))
    rgb = first_shown(picture)
    return rgb.reduce(factor) if factor >= 2 else rgb


def _line(error: Exception) -> str:
    """The error as one short line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:100]
