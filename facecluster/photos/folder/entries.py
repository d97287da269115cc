"""What the system says of an entry of a folder, asked as little as it can be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from facecluster.photos.formats import HEAD, begins_like_picture

_HIDDEN_ATTRIBUTE, _REPARSE_POINT = 0x2, 0x400  # Windows: st_file_attributes
_RESULTS = (
    "index.db",
    "manifest.json",
)  # in the hidden folder of results; the first may be elsewhere
_HIDDEN_FLAG = 0x8000  # macOS and BSD: UF_HIDDEN in st_flags
# What lies in a cloud, so that reading a byte of it fetches it all: Windows' OFFLINE and
# RECALL_ON_DATA_ACCESS, macOS' SF_DATALESS.
_ELSEWHERE, _DATALESS = 0x401000, 0x40000000
_HAS_FLAGS: Final = any(hasattr(os.stat_result, a) for a in ("st_file_attributes", "st_flags"))
# Not blocking, should a pipe have taken the file's place (no such flags on Windows).
_READ_ONLY: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def real_place(path: str | Path) -> str:
    """The place without links, in one spelling where the system ignores case."""
    return os.path.normcase(os.path.realpath(path))


def is_folder(entry: os.DirEntry[str]) -> bool:
    """A folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_link(entry: os.DirEntry[str]) -> bool:
    """A symbolic link, or on Windows anything that may lead elsewhere, such as a junction."""
    try:
        return entry.is_symlink() or bool(_flags(entry, "st_file_attributes") & _REPARSE_POINT)
    except OSError:  # a share that says neither
        return False


def is_hidden(entry: os.DirEntry[str]) -> bool:
    """By its name or by what the system notes of it."""
    return (
        entry.name.startswith(".")
        or bool(_flags(entry, "st_file_attributes") & _HIDDEN_ATTRIBUTE)
        or bool(_flags(entry, "st_flags") & _HIDDEN_FLAG)
    )


def _is_elsewhere(entry: os.DirEntry[str]) -> bool:
    return bool(
        _flags(entry, "st_file_attributes") & _ELSEWHERE or _flags(entry, "st_flags") & _DATALESS
    )


def _flags(entry: os.DirEntry[str], name: str) -> int:
    """What the system says of the entry itself; asked only where it keeps such flags."""
    if not _HAS_FLAGS:
        return 0
    try:
        return int(getattr(entry.stat(follow_symlinks=False), name, 0))
    except OSError:
        return 0


def is_index(entry: os.DirEntry[str]) -> bool:
    """Whether the hidden folder `entry` makes the one around it a folder of results."""
    return any(os.path.isfile(os.path.join(entry.path, name)) for name in _RESULTS)


def holds_picture(entry: os.DirEntry[str]) -> bool:
    """Whether a file of any name begins like a picture; links are followed, and no other than
    regular files are opened."""
    try:
        if not entry.is_file() or _is_elsewhere(entry):
            return False
        file = os.open(entry.path, _READ_ONLY)
    except (OSError, ValueError):
        return False
    try:
        return begins_like_picture(os.read(file, HEAD))
    except OSError:
        return False
    finally:
        os.close(file)
