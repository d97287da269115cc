"""Paths that no file system takes, told before they are used."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from facecluster.errors import SettingsError


def too_long(path: Path) -> str:
    """What is longer in the path than its file system takes, in words; empty when nothing is.

    Names of folders that are not there yet are tried where they would be.
    """
    whole = Path(os.path.abspath(path))
    there = next((p for p in whole.parents if os.path.lexists(p)), whole.parent)
    for name in whole.relative_to(there).parts:
        if _refused(there / name):
            return f"the name {name[:20] + '…'!r} of {len(name)} letters is too long"
    return f"a path of {len(str(whole))} letters is too long" if _refused(whole) else ""


def check_path(path: Path | None, field: str) -> None:
    """Raise SettingsError about `field` where no file can have this path."""
    if path is None:
        return
    try:
        os.fsencode(path)
        if "\0" in str(path):
            raise ValueError
    except ValueError:
        raise SettingsError(
            field, f"{str(path)[:40]!a} has letters that no name of a file can have; choose another"
        ) from None
    if long := too_long(path):
        raise SettingsError(field, f"{long}; choose a shorter one")


def _refused(path: Path) -> bool:
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    except ValueError:  # it can be no name at all
        return False
    return False
