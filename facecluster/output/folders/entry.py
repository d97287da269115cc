"""One file that we wrote, and whether it still is as we left it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from facecluster.config import Link

SLACK_NS = 2_000_000_000  # FAT keeps times to 2 s


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of ours. `path` is relative to the output folder, `source` to the photo folder.

    digest: of the photo's bytes. link: what was asked for; how: what was done. size in bytes and
    mtime_ns: of the file as we left it; text: what a symbolic link says.
    """

    path: str
    source: str
    digest: str
    link: Link
    how: Link
    size: int
    mtime_ns: int
    text: str = ""

    def holds(self, out: Path, root: Path) -> bool:
        """Whether the file is there and, by size and time, still as we left it."""
        path = os.path.join(out, self.path)
        try:
            about = os.lstat(path)
            if self.how == "symlink":
                return stat.S_ISLNK(about.st_mode) and os.readlink(path) == self.text
        except OSError:
            return False
        if not stat.S_ISREG(about.st_mode):
            return False
        if is_file(os.path.join(root, self.source), about):
            return self.how == "hardlink"
        return about.st_size == self.size and abs(about.st_mtime_ns - self.mtime_ns) <= SLACK_NS


def is_file(path: str, about: os.stat_result) -> bool:
    """Whether `path` leads to the file that `about` tells of."""
    try:
        return os.path.samestat(os.stat(path), about)
    except OSError:
        return False
