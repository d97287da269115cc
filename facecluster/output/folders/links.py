"""Putting one photo in one place: by copy, hard link or symbolic link."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from facecluster.base.atomic import output_errors, replacing
from facecluster.config import Link

CHUNK = 1 << 30


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


def place(source: Path, target: Path, temp: Path, link: Link) -> tuple[Link, str]:
    """Make `target` show the photo `source`, through `temp` on the same file system.

    Gives how it was done and, where that is not what `link` asked for, one sentence why.
    Raises SourceError when the photo is gone, OutputError when the target cannot be written.
    """
    if not source.is_file():
        raise SourceError("it is gone")
    how, note = link, ""
    with output_errors(target):
        temp.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target, temp):
            if link != "copy":
                try:
                    if link == "symlink":
                        os.symlink(link_text(source, target.parent), temp)
                    else:
                        os.link(os.path.realpath(source), temp)
                except (OSError, NotImplementedError) as error:
                    how, note = "copy", _why_copied(link, error)
            if how == "copy":
                _copy(source, temp)
    return how, note


def _why_copied(link: Link, error: Exception) -> str:
    kind = "Symbolic" if link == "symlink" else "Hard"
    why = getattr(error, "strerror", None) or "this system has none"
    return f"{kind} links cannot be made here ({why}), so photos were copied instead."


def _copy(source: Path, temp: Path) -> None:
    """Copy bytes, time and permissions; the copy is always writable for its owner."""
    try:
        original = source.open("rb")
    except OSError as error:
        raise SourceError(error.strerror or "it cannot be opened") from error
    with original, temp.open("xb") as copy:
        _copy_bytes(original, copy)
        about = os.fstat(original.fileno())
    temp.chmod(stat.S_IMODE(about.st_mode) & 0o777 | 0o600)
    os.utime(temp, ns=(about.st_atime_ns, about.st_mtime_ns))


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
