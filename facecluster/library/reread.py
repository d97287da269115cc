"""Which photos are to be read again, whatever the index holds of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from facecluster.errors import SettingsError
from facecluster.photos.globs import matcher
from facecluster.records import PhotoFile


def photos_to_reread(root: Path, files: Sequence[PhotoFile], patterns: Sequence[str]) -> list[str]:
    """The paths that a pattern matches: globs inside `root`, or whole paths that lead into it.

    Raises SettingsError for a pattern that matches no photo.
    """
    chosen: dict[str, None] = {}
    for pattern in patterns if files else ():
        matches = matcher((_inside(root, pattern),))
        found = [file.path for file in files if matches(file.path)]
        if not found:
            raise SettingsError(
                "scan.reread", f"no photo in {root} matches; ** stands for all of them", pattern
            )
        chosen |= dict.fromkeys(found)
    return list(chosen)


def _inside(root: Path, pattern: str) -> str:
    whole = Path(os.path.expanduser(pattern))
    if whole.is_absolute() and whole.is_relative_to(root):
        return whole.relative_to(root).as_posix()
    return pattern
