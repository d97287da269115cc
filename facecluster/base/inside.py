"""Making, renaming and deleting below a folder, where the system can without following a link.

Paths have `/` and are meant from `base`, which is there. All of these raise OSError as the system
does, also for a link in the place of a folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_USED = {os.open, os.unlink, os.rename, os.mkdir, os.rmdir, os.link, os.symlink}
_CAN = os.supports_dir_fd >= _USED and hasattr(os, "O_NOFOLLOW")


def open_new(base: Path, path: str, mode: int = 0o666) -> BinaryIO:
    """A new file at `path`, for writing. mode: its rights, less the umask."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with _folder(base, path) as (name, folder):
        return open(os.open(name, flags, mode, dir_fd=folder), "wb")


def link_inside(source: str, base: Path, path: str) -> None:
    """Make `path` another name of the file `source`."""
    with _folder(base, path) as (name, folder):
        os.link(source, name, dst_dir_fd=folder)


def symlink_inside(text: str, base: Path, path: str) -> None:
    """Make a symbolic link at `path` that says `text`."""
    with _folder(base, path) as (name, folder):
        os.symlink(text, name, dir_fd=folder)


def make_folders(base: Path, path: str, mode: int = 0o777) -> None:
    """Make the folder at `path`, and those above it as needed."""
    names = path.split("/")
    for depth in range(1, len(names) + 1):
        with _folder(base, "/".join(names[:depth])) as (name, folder), suppress(FileExistsError):
            os.mkdir(name, mode, dir_fd=folder)


def unlink_inside(base: Path, path: str) -> None:
    """Delete the file at `path`."""
    with _folder(base, path) as (name, folder):
        os.unlink(name, dir_fd=folder)


def rmdir_inside(base: Path, path: str) -> None:
    """Delete the folder at `path`, which is empty."""
    with _folder(base, path) as (name, folder):
        os.rmdir(name, dir_fd=folder)


def rename_inside(base: Path, path: str, place: str) -> None:
    """Rename what is at `path` to `place`; it is for the caller to see that nothing is there."""
    with _folder(base, path) as (source, here), _folder(base, place) as (target, there):
        os.rename(source, target, src_dir_fd=here, dst_dir_fd=there)


@contextmanager
def replacing_inside(base: Path, path: str, partial: str) -> Iterator[None]:
    """What the block puts at `partial` takes the place of `path` in one step when it ends well.

    It is removed when it does not. The folders of both are there.
    """
    _discard(base, partial)  # of a run that was killed
    try:
        yield
        with _folder(base, partial) as (source, here), _folder(base, path) as (target, there):
            os.replace(source, target, src_dir_fd=here, dst_dir_fd=there)
    finally:
        with suppress(OSError):
            _discard(base, partial)  # also where it was another name of the file it replaced


def _discard(base: Path, path: str) -> None:
    with suppress(FileNotFoundError):
        unlink_inside(base, path)


@contextmanager
def _folder(base: Path, path: str) -> Iterator[tuple[str, int | None]]:
    """The last name of `path` and a handle of its folder; where there are none, the whole path."""
    *above, name = path.split("/")
    if not _CAN:
        yield os.path.join(base, *above, name), None
        return
    flags = os.O_RDONLY | os.O_DIRECTORY
    handle = os.open(base, flags)
    try:
        for folder in above:
            inner = os.open(folder, flags | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield name, handle
    finally:
        os.close(handle)
