"""Putting one photo in one place: by copy, hard link or symbolic link."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from facecluster.base.atomic import CANNOT, output_errors
from facecluster.base.inside import Place, make_folders, replacing_inside
from facecluster.config import Link

CHUNK = 1 << 30
# A mount whose files belong to somebody else, or which keeps no times or rights.
NOT_OURS = CANNOT | {errno.EPERM, errno.EACCES}
_BY_HANDLE = {os.utime, os.chmod} <= os.supports_fd


class SourceError(Exception):
    """The photo itself cannot be opened any more."""


def link_text(source: Path, folder: Path) -> str:
    """What a symbolic link in `folder` must say to reach `source`: relative where it can be.

    Both are resolved first, since the system follows `..` along the real folders.
    """
    real = os.path.realpath(source)
    try:
        return os.path.relpath(real, os.path.realpath(folder))
    except ValueError:  # another drive
        return real


def place(source: Path, out: Path, path: str, temp: str, link: Link) -> tuple[Link, str]:
    """Make `path` show the photo `source`, through `temp`; both are below `out`.

    Gives how it was done and, where that is not what was asked for, why in a sentence or two.
    Raises SourceError when the photo is gone, OutputError when the target cannot be written.
    """
    if not source.is_file():
        raise SourceError("it is gone")
    how, notes = link, []
    target = out / path
    with output_errors(target):
        for folder in (path.rpartition("/")[0], temp.rpartition("/")[0]):
            if not os.path.isdir(out / folder):
                make_folders(out, folder)
        with replacing_inside(out, path, temp) as new:
            if link != "copy":
                try:
                    if link == "symlink":
                        new.symlink(link_text(source, target.parent))
                    else:
                        new.link(os.path.realpath(source))
                except (OSError, NotImplementedError) as error:
                    how = "copy"
                    notes.append(_why_copied(link, error))
            if how == "copy":
                notes += _copy(source, new, out / temp)
    return how, " ".join(notes)


def _why_copied(link: Link, error: Exception) -> str:
    kind = "Symbolic" if link == "symlink" else "Hard"
    why = getattr(error, "strerror", None) or "this system has none"
    return f"{kind} links cannot be made here ({why}), so photos were copied instead."


def _copy(source: Path, new: Place, path: Path) -> list[str]:
    """Copy bytes, time and permissions to `path`; the copy is always writable for its owner.

    Gives a note on what this place does not keep of them.
    """
    with _open_photo(source) as original, new.open() as copy:
        _copy_bytes(original, copy)
        copy.flush()
        about = os.fstat(original.fileno())
        if _BY_HANDLE:
            return _keep(about, copy.fileno())
    return _keep(about, path)


def _open_photo(source: Path) -> BinaryIO:
    """The photo, for reading; what has taken its place meanwhile is not waited for."""
    # Else opening a pipe would wait for a writer (no such flag on Windows).
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(source, flags)
    except OSError as error:
        raise SourceError(error.strerror or "it cannot be opened") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise SourceError("it is no file any more")
    return open(handle, "rb")


def _keep(about: os.stat_result, copy: int | Path) -> list[str]:
    """Give the copy the time and permissions of `about`."""
    lost, why = [], ""
    rights = stat.S_IMODE(about.st_mode) & 0o777 | 0o600
    steps: dict[str, Callable[[], None]] = {
        "times": lambda: os.utime(copy, ns=(about.st_atime_ns, about.st_mtime_ns)),
        "permissions": lambda: os.chmod(copy, rights),
    }
    for what, step in steps.items():
        try:
            step()
        except OSError as error:
            if error.errno not in NOT_OURS:
                raise
            lost.append(what)
            why = error.strerror or str(error)
    if not lost:
        return []
    return [
        f"The output folder does not keep the {' and '.join(lost)} of photos ({why}); the copies "
        "are complete."
    ]


def _copy_bytes(original: BinaryIO, copy: BinaryIO) -> None:
    """Let the kernel copy, which shares the blocks on btrfs, XFS and their like; else read on.

    copy_file_range moves both file positions, so plain reading goes on wherever it stopped.
    """
    if hasattr(os, "copy_file_range"):
        with suppress(OSError):  # another file system, or one that cannot: read and write
            while os.copy_file_range(original.fileno(), copy.fileno(), CHUNK):
                pass
    position = os.lseek(original.fileno(), 0, os.SEEK_CUR)
    original.seek(position)
    copy.seek(position)
    shutil.copyfileobj(original, copy, 1 << 20)
