"""What only its owner may read: `.facecluster` with all that is in it, and the reports.

Faces and embeddings are biometric data. Where a system keeps no rights, all stays as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from facecluster.base.atomic import flush, output_errors, same_bytes
from facecluster.base.inside import make_folders, replacing_inside
from facecluster.errors import OutputError

FOLDER = ".facecluster"
TEMP = f"{FOLDER}/tmp"
FOLDER_MODE, FILE_MODE = 0o700, 0o600
# What earlier versions left beside our files when they were killed.
_PARTIAL = re.compile(
    r"\.(report\.html|report\.json|faces\.csv|manifest\.json|[0-9a-f]{32}-\d+\.jpg)\.\d+-\d+\.tmp"
)


def open_private(out: Path) -> None:
    """Make `.facecluster` below `out` the owner's alone, also one that an earlier version made.

    To be asked after check_fixed: nothing here is a link. Raises OutputError.
    """
    folder = out / FOLDER
    try:
        make_folder(out, FOLDER)
        if os.name == "nt" or stat.S_IMODE(folder.stat().st_mode) == FOLDER_MODE:
            return
    except OSError as error:
        why = error.strerror or error
        raise OutputError(
            f"{folder}: cannot be written ({why}); choose another `output.folder`"
        ) from error
    for place, folders, files in os.walk(folder):
        for name in files:
            if _PARTIAL.fullmatch(name):
                _remove(Path(place, name))
            else:
                protect(Path(place, name))
        for name in folders:
            protect(Path(place, name), FOLDER_MODE)
    protect(folder, FOLDER_MODE)  # last, so that a run that is killed does it all again


def clear_temp(out: Path) -> None:
    """Remove what runs that were killed left unfinished; for the only run on `out`."""
    shutil.rmtree(out / TEMP, ignore_errors=True)
    for folder in (out, out / FOLDER):
        with suppress(OSError):
            for name in filter(_PARTIAL.fullmatch, os.listdir(folder)):
                _remove(folder / name)


def protect_files(out: Path) -> None:
    """Make the files right in `.facecluster` the owner's alone, such as the index."""
    with suppress(OSError):
        for name in os.listdir(out / FOLDER):
            if (out / FOLDER / name).is_file():
                protect(out / FOLDER / name)


def protect(path: Path, mode: int = FILE_MODE) -> None:
    """Give `path` these rights, unless it is a link or the system refuses."""
    with suppress(OSError):
        have = path.lstat().st_mode
        if os.name != "nt" and not stat.S_ISLNK(have) and stat.S_IMODE(have) != mode:
            path.chmod(mode)


def make_folder(out: Path, folder: str) -> None:
    """Make `folder` below `out`, and those above it, for the owner alone. Raises OSError."""
    if not os.path.isdir(out / folder):
        out.mkdir(parents=True, exist_ok=True)
        make_folders(out, folder, FOLDER_MODE)


def temp_name(out: Path) -> str:
    """A path below `out`, in the folder of unfinished files, which is there, that no other thread
    writes to."""
    make_folder(out, TEMP)
    return f"{TEMP}/{os.getpid()}-{threading.get_native_id()}.tmp"


def write_private(out: Path, name: str, pieces: Iterable[bytes]) -> None:
    """Replace the file `name` below `out` in one step; only its owner may read it.

    Raises OutputError.
    """
    path = out / name
    with output_errors(path):
        partial = temp_name(out)
        with (
            suppress(_UnchangedError),
            replacing_inside(out, name, partial) as place,
            place.open(FILE_MODE) as file,
        ):
            file.writelines(pieces)
            file.flush()
            if same_bytes(out / partial, path):
                raise _UnchangedError
            flush(file.fileno())
    protect(path)


class _UnchangedError(Exception):
    """The file holds these bytes already: its time says when they changed."""


def _remove(path: Path) -> None:
    with suppress(OSError):
        if stat.S_ISREG(path.lstat().st_mode):
            path.unlink()
