"""A disk of its own in a file, from which the power can be cut: what was not written is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = 64 << 20  # bytes; a file with a hole
COMMIT = 1  # seconds between two writings of names, sizes and places
# Both write names soon and content late, without what ext4 does to help careless programs.
MOUNTS = {
    "empty": "noauto_da_alloc,data=writeback",  # files without content have no size yet either
    "zeros": "noauto_da_alloc,data=writeback,nodelalloc",  # sizes are right, content is zeros
}


class Disk:
    """A file system in a file, mounted at `place`."""

    def __init__(self, file: Path, place: Path, how: str) -> None:
        self.file, self.place, self._how = file, place, how

    def format(self) -> None:
        """An empty file system in the place of whatever there was."""
        self.file.unlink(missing_ok=True)
        with self.file.open("wb") as image:
            image.truncate(SIZE)
        # The initialisation that mkfs leaves to the kernel would go on in the background.
        now = "lazy_itable_init=0,lazy_journal_init=0"
        _said(["mkfs.ext4", "-q", "-F", "-I", "256", "-E", now, str(self.file)])

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        """Its folder, as long as the block lasts. Skips the test where that is not allowed."""
        options = f"loop,commit={COMMIT},{MOUNTS[self._how]}"
        done = subprocess.run(
            ["mount", "-o", options, str(self.file), str(self.place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        try:
            yield self.place
        finally:
            _said(["umount", str(self.place)])

    def cut(self, file: Path) -> Disk:
        """The disk as it would be found if the power went now, in a file of its own.

        Names of what happened until now are on it, since that is what makes content missing.
        """
        time.sleep(2 * COMMIT + 0.5)
        shutil.copyfile(self.file, file)
        return Disk(file, self.place, self._how)


def can_mount() -> bool:
    """Whether this system and our rights are such that it is worth a try."""
    tools = all(map(shutil.which, ("mount", "umount", "mkfs.ext4")))
    return tools and hasattr(os, "geteuid") and os.geteuid() == 0


def _said(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
