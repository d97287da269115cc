"""Deleting and renaming below a folder; no link on the way is followed where the system can."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CAN = {os.open, os.unlink, os.rename} <= os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")


def unlink_inside(base: Path, path: str) -> None:
    """Delete the file at `path` (with `/`) below `base`. Raises OSError, also for a link above."""
    with _folder(base, path) as (name, folder):
        os.unlink(name, dir_fd=folder)


def rename_inside(base: Path, path: str, place: str) -> None:
    """Rename what is at `path` to `place`, both below `base`. Raises OSError, also for a link."""
    with _folder(base, path) as (source, here), _folder(base, place) as (target, there):
        os.rename(source, target, src_dir_fd=here, dst_dir_fd=there)


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
