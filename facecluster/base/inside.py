"""Making, renaming and deleting below a folder, where the system can without following a link.

Paths have `/` and are meant from `base`, which is there. All of these raise OSError as the system
does, also for a link in the place of a folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

_USED = {os.open, os.unlink, os.rename, os.mkdir, os.rmdir, os.link, os.symlink}
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_CAN = os.supports_dir_fd >= _USED and hasattr(os, "O_NOFOLLOW")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something new is to be made: a name in a folder, or a path where there is no handle."""

    name: str
    folder: int | None

    def open(self, mode: int = 0o666) -> BinaryIO:
        """A new file, for writing. mode: its rights, less the umask."""
        return open(os.open(self.name, _NEW, mode, dir_fd=self.folder), "wb")

    def link(self, source: str) -> None:
        """Make it another name of the file `source`."""
        os.link(source, self.name, dst_dir_fd=self.folder)

    def symlink(self, text: str) -> None:
        """Make a symbolic link that says `text`."""
        os.symlink(text, self.name, dir_fd=self.folder)

    def discard(self) -> None:
        """Delete what is there, if anything."""
        with suppress(FileNotFoundError):
            os.unlink(self.name, dir_fd=self.folder)


@contextmanager
def new_inside(base: Path, path: str) -> Iterator[Place]:
    """Where something new is made at `path`; what is there already is an error."""
    with _folder(base, path) as (name, folder):
        yield Place(name, folder)


def write_inside(base: Path, files: Mapping[str, bytes], mode: int) -> None:
    """Write small files of one folder, in the place of what has their names; a run that is killed
    may leave one in part. A name always stands for the same content."""
    first = next(iter(files), None)
    if first is None:
        return
    with new_inside(base, first) as one:
        for path, data in files.items():
            name = os.path.join(base, path) if one.folder is None else path.rpartition("/")[2]
            place = replace(one, name=name)
            try:
                file = place.open(mode)
            except FileExistsError:
                place.discard()
                try:
                    file = place.open(mode)
                except FileExistsError:  # another thread, which writes the same
                    continue
            with file:
                file.write(data)


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
def replacing_inside(base: Path, path: str, partial: str) -> Iterator[Place]:
    """What the block makes at `partial` takes the place of `path` in one step when it ends well.

    It is removed when it does not. The folders of both are there.
    """
    with new_inside(base, partial) as place:
        place.discard()  # of a run that was killed
        try:
            yield place
            with _folder(base, path) as (target, there):
                os.replace(place.name, target, src_dir_fd=place.folder, dst_dir_fd=there)
        finally:
            with suppress(OSError):
                place.discard()  # also where it was another name of the file it replaced


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
