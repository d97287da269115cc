"""Disks: having many files on one at once, and those that are mounted inside the photo folder.

Without such a disk, its photos are away and not gone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Flushing:
    """How files get onto the disk.

    few: so many files are flushed one by one, since flushing a whole file system also waits for
    what other programs wrote. whole: file systems whose syncfs(2) is known to wait until all is on
    the disk. 1,000 copies of 20 KB on ext4 take 120 ms one by one in 8 threads and 15 ms this way.
    """

    few: int = 64
    whole: frozenset[str] = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "overlay"})


DEFAULT = Flushing()


def flush_file_system(folder: Path, how: Flushing = DEFAULT) -> bool:
    """Have all that was written to the file system of `folder` on the disk.

    False where this cannot be done or trusted: then flush file by file. Raises OSError when
    writing failed.
    """
    if not sys.platform.startswith("linux") or file_system(folder) not in how.whole:
        return False
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(handle)
    return True


def file_system(folder: Path, table: Path = Path("/proc/self/mountinfo")) -> str:
    """The type of the file system that `folder` lies on, as the system calls it; "" if unknown.

    table: the mounts, as proc(5) describes them.
    """
    try:
        lines = table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    real = os.path.realpath(folder)
    deepest, kind = "", ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = _plain(fields[4])
        inside = point in ("/", real) or real.startswith(point + "/")
        if inside and len(point) >= len(deepest):  # a later mount hides an earlier one
            deepest, kind = point, after.split(" ")[0]
    return kind


def _plain(field: str) -> str:
    """Octal escapes such as \\040 for a space, undone."""
    for code in ("\\040", "\\011", "\\012", "\\134"):
        field = field.replace(code, chr(int(code[1:], 8)))
    return field


def disks_in(root: Path, photos: Iterable[str]) -> set[str]:
    """The folders below `root` that lie on another disk than the folder above them.

    photos: paths inside `root`; folders without any are not looked at. A link to a folder on
    another disk counts.
    """
    devices: dict[str, int | None] = {"": _device(root)}
    found = set()
    for photo in photos:
        new, folder = list[str](), photo.rpartition("/")[0]
        while folder not in devices:
            new.append(folder)
            folder = folder.rpartition("/")[0]
        for folder in reversed(new):
            devices[folder] = _device(root / folder)
            above = devices[folder.rpartition("/")[0]]
            if None not in (above, devices[folder]) and devices[folder] != above:
                found.add(folder)
    return found


def is_mounted(root: Path, folder: str) -> bool:
    """Whether a folder of `disks_in` is another disk still."""
    device = _device(root / folder)
    return device is not None and device != _device((root / folder).parent)


def unmounted(root: Path, disks: Iterable[str], photos: Iterable[str]) -> list[str]:
    """Those of the disks that are not mounted now, and in whose place there are no photos."""
    away = [folder for folder in disks if not is_mounted(root, folder)]
    if not away:
        return []
    here = list(photos)
    return [f for f in sorted(away) if not any(path.startswith(f + "/") for path in here)]


def _device(folder: Path) -> int | None:
    """The number of the disk that a folder lies on; None where there is none."""
    try:
        return os.stat(folder).st_dev
    except (OSError, ValueError):
        return None
