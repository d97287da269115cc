"""Writing files so that a reader or a killed run never meets half of one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facecluster.errors import OutputError

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

    A file that holds `data` already is left alone, so its time says when its content changed.
    Raises OutputError.
    """
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with output_errors(path):
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temp.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temp, path)
        except BaseException:
            with suppress(OSError):
                temp.unlink(missing_ok=True)
            raise
