"""The names that are always ours in an output folder: a link in their place is never followed."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from facecluster.base.atomic import output_errors
from facecluster.errors import OutputError
from facecluster.output.folders.manifest import MANIFEST

FOLDERS = (
    "people",
    "unsure",
    "kept",
    ".facecluster",
    ".facecluster/tmp",
    ".facecluster/thumbnails",
)
INDEX = ".facecluster/index.db"
FILES = (MANIFEST, INDEX, f"{INDEX}-wal", f"{INDEX}-shm", f"{INDEX}-journal")


def check_fixed(out: Path) -> None:
    """Raise OutputError where a link or something odd has one of our names under `out`."""
    for name in FOLDERS:
        check_own(out, name)
        with output_errors(out / name):  # a pipe there would be waited for
            if os.path.lexists(out / name) and not (out / name).is_dir():
                raise OutputError(f"{out / name} is not a folder: move it or use `output.folder`")
    for name in FILES:
        check_own(out, name)
        path = out / name
        with output_errors(path):
            if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
                raise OutputError(f"{path} is not a file: move it or use `output.folder`")
    thumbnails = out / FOLDERS[-1]
    with output_errors(thumbnails):
        names = os.listdir(thumbnails) if thumbnails.is_dir() else []
        links = [name for name in names if (thumbnails / name).is_symlink()]
    if links:
        raise _link(thumbnails / min(links))


def check_own(out: Path, folder: str) -> None:
    """A link in place of a folder of ours could lead us into the photos: refuse to follow it."""
    base, parts = os.path.realpath(out), PurePosixPath(folder).parts
    if _is_real(out, base, parts):
        return  # and so is every folder on the way
    for depth in range(1, len(parts) + 1):
        if not _is_real(out, base, parts[:depth]):
            raise _link(out.joinpath(*parts[:depth]))


def _link(path: Path) -> OutputError:
    return OutputError(f"{path} is a link to another place: move it or use `output.folder`")


def _is_real(out: Path, base: str, parts: tuple[str, ...]) -> bool:
    real = os.path.realpath(os.path.join(out, *parts))
    return os.path.normcase(real) == os.path.normcase(os.path.join(base, *parts))
