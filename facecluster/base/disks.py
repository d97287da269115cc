"""Disks that are mounted inside the photo folder: without one, its photos are away and not gone."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


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
