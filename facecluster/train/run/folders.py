"""Where runs live: runs/NAME/ with checkpoints, history and pictures; runs/latest is the newest.

Loads no torch.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from facecluster.base.atomic import replacing
from facecluster.errors import FaceclusterError, OutputError

BEST = "best.pt"
LAST = "last.pt"
HISTORY = "history.csv"
PAIRS = "pairs.txt"  # the validation pairs, in LFW's format
SKIPPED = "skipped.txt"  # one line per picture that could not be used: name, tab, why
EXPORTS = "exports.json"  # what `facecluster export` wrote from this run, newest last
LATEST = "latest"


def create_run(runs: Path, name: str | None, suggestion: str) -> Path:
    """Make the folder of a new run and point `latest` at it.

    Without a name it is `suggestion` with the time. Raises OutputError when a run of that name is
    there already, or the folder cannot be made.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    folder = runs / (name or f"{suggestion}-{stamp}")
    if name is None:
        number = 2
        while folder.exists():
            folder = runs / f"{suggestion}-{stamp}-{number}"
            number += 1
    if folder.name in (LATEST, ""):
        raise OutputError(f"`name` {name}: this name is taken for the newest run; choose another")
    if (folder / LAST).exists() or (folder / BEST).exists():
        raise OutputError(f"{folder}: a run of this name exists; choose another, or `resume` it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        point_latest(folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror or error})") from error
    return folder


def point_latest(folder: Path) -> None:
    """Make `latest` beside the run lead to it: a link, or where links are not to be had a file that
    holds its name. Replaced in one step."""
    with replacing(folder.parent / LATEST) as partial:
        try:
            partial.symlink_to(folder.name, target_is_directory=True)
        except OSError:
            partial.write_text(folder.name, encoding="utf-8")


def latest_run(runs: Path) -> Path:
    """The newest run's folder. Raises FaceclusterError when there is none yet."""
    pointer = runs / LATEST
    if pointer.is_symlink():
        folder = runs / os.readlink(pointer)
    elif pointer.is_file():
        folder = runs / _first_line(pointer)
    else:
        folder = pointer
    if not folder.is_dir():
        raise FaceclusterError(
            f"{pointer}: no training run here; start one with `facecluster train`, or name a file"
        )
    return folder


def _first_line(pointer: Path) -> str:
    """Of the file that stands for a link; what is no name leads nowhere."""
    try:
        with pointer.open(encoding="utf-8") as file:
            return file.read(1000).strip().replace("\0", "")
    except (OSError, UnicodeDecodeError):
        return "nothing"


def best_checkpoint(runs: Path) -> Path:
    """The best checkpoint of the newest run, the last one before a validation has chosen a best."""
    folder = latest_run(runs)
    for name in (BEST, LAST):
        if (folder / name).is_file():
            return folder / name
    raise FaceclusterError(f"{folder}: has no checkpoint yet; let the training finish an epoch")
