"""Writing files so that a reader or a killed run never meets half of one."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facecluster.errors import OutputError

CHUNK = 1 << 20  # bytes compared at once
# What a file system answers that has no such thing, or that does not let us.
CANNOT = frozenset((errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP))
_ADVICE = {
    errno.ENOSPC: "the disk is full; make room and run again",
    errno.EDQUOT: "your disk quota is used up; make room and run again",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.EACCES: "no permission; close it in other programs, or choose another folder",
    errno.EPERM: "no permission; close it in other programs, or choose another folder",
    errno.ENAMETOOLONG: "its path is too long; choose a shorter folder",
    errno.ENOTDIR: "a file is in the way of a folder; move it or choose another folder",
    errno.EEXIST: "a file is in the way of a folder; move it or choose another folder",
}


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into an OutputError that names `path` and says what helps."""
    try:
        yield
    except OSError as error:
        why = _ADVICE.get(error.errno or 0, error.strerror or str(error))
        raise OutputError(f"Cannot write {path}: {why}") from error


def write_atomic(path: Path, data: bytes) -> None:
    """Replace `path` by `data` in one step, with the folders above it made as needed.

    A file that holds `data` already is left alone, so its time says when its content changed. What
    is a device or pipe is written to.
    Raises OutputError.
    """
    with output_errors(path):
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """`write_atomic` for what is too large to be held at once."""
    with output_errors(path):
        if is_device(path):
            with open(path, "wb") as device:
                device.writelines(pieces)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_name(path)
        try:
            with open(partial, "wb") as file:
                file.writelines(pieces)
                file.flush()
                changed = not same_bytes(partial, path)
                if changed:
                    flush(file.fileno())
            if changed:
                os.replace(partial, path)
        finally:
            _remove(partial)


@contextmanager
def replacing(path: Path, sync: bool = False) -> Iterator[Path]:
    """A name beside `path`: what the block puts there takes the place of `path` in one step when
    the block ends well, and is removed when it does not. Makes the folder above.

    sync: have the content on the disk before it takes the place, so that not even a power cut
    leaves an empty file there. Raises OSError as the system does (see `output_errors`), also where
    `path` is a device.
    """
    if is_device(path):
        raise OSError(errno.EINVAL, "it is a device or pipe, and no file")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_name(path)
    partial.unlink(missing_ok=True)  # of a run that was killed
    try:
        yield partial
        if sync:
            with partial.open("rb+") as file:
                flush(file.fileno())
        os.replace(partial, path)
    finally:
        _remove(partial)


def is_device(path: Path) -> bool:
    """Whether `path` is, or leads to, something that is written to and never replaced: a device
    such as /dev/null, a pipe, a socket, or /dev/stdout wherever that goes."""
    try:
        mode = os.stat(path).st_mode
        if path.is_symlink() and os.path.abspath(path).startswith(("/dev/", "/proc/")):
            return not stat.S_ISDIR(mode)
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def flush(descriptor: int) -> None:
    """Have what was written on the disk, where the file system offers that: some shares do not."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in CANNOT:
            raise


def partial_name(path: Path) -> Path:
    """A hidden name beside `path` that no other process or thread writes to."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_native_id()}.tmp")


def _remove(partial: Path) -> None:
    with suppress(OSError):
        partial.unlink(missing_ok=True)


def same_bytes(one: Path, other: Path) -> bool:
    """Whether `other` is a file that holds the same bytes as the file `one`."""
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while piece := first.read(CHUNK):
            if piece != second.read(CHUNK):
                return False
    return True
