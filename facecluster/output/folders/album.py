"""Which photo folder an output folder belongs to: results of two never meet in one place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Album:
    """A photo folder: its place without links, and what the system calls it (0 where unknown).

    disks: the folders inside it that lie on another disk than the folder above them.
    """

    path: str
    device: int = 0
    inode: int = 0
    disks: tuple[str, ...] = ()

    def is_at(self, root: Path, sources: Iterable[str]) -> bool:
        """Whether `root` is this folder, maybe under another name by now.

        A system gives the number of a folder that is gone to the next one, so a renamed folder
        must also hold one of the photos, if there are any (`sources`, relative to it).
        """
        other = album_at(root)
        if os.path.normcase(other.path) == os.path.normcase(self.path):
            return True
        if not self.inode or (other.device, other.inode) != (self.device, self.inode):
            return False
        if os.path.isdir(self.path) and not os.path.samefile(self.path, root):
            return False
        wanted = list(sources)
        return not wanted or any(os.path.lexists(os.path.join(root, path)) for path in wanted)


def album_at(root: Path) -> Album:
    """The photo folder `root` as it can be known again."""
    real = os.path.realpath(root)
    try:
        about = os.stat(real)
    except OSError:
        return Album(real)
    return Album(real, about.st_dev, about.st_ino)
