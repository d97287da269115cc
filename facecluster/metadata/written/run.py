"""Names for all photos of a folder: only where something is new, changed or gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from facecluster.metadata.written import ledger
from facecluster.metadata.written.ledger import Entry, Ledger
from facecluster.metadata.written.records import NamedBox, Outcome
from facecluster.metadata.written.sidecar import write_sidecar

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PhotoNames:
    """Who is in a photo. path: below the root, with `/`. image: its hash. size: width and height
    of the stored picture in px. orientation: EXIF 1..8. faces: those with names, in a lasting
    order."""

    path: str
    image: str
    size: tuple[int, int]
    orientation: int
    faces: tuple[NamedBox, ...] = ()


def write_names(
    root: Path,
    out: Path,
    photos: Sequence[PhotoNames],
    mode: Literal["sidecar", "embed"],
    progress: Told | None = None,
) -> list[str]:
    """Write the names of `photos` below `root`; gives sentences about what could not be done.

    out: the output folder, which keeps the list of what was written. mode: beside the photos, or
    into them. progress: hears how many of how many photos are done. Raises OutputError where the
    list cannot be written.
    """
    written = ledger.load(out, mode)
    waiting = [photo for photo in photos if not _is_done(root, photo, written)]
    problems: list[str] = []
    try:
        for number, photo in enumerate(waiting):
            problems += _write(root, photo, written)
            if progress is not None:
                progress(number + 1, len(waiting))
    finally:  # what was written is known, also where the run is cut short
        ledger.save(out, mode, written)
    return [*_lost(out, written), *_summed_up(problems)]


def _is_done(root: Path, photo: PhotoNames, written: Ledger) -> bool:
    entry = written.of(photo.path, photo.image)
    if entry is None:
        return not photo.faces
    same = (entry.image, entry.size, entry.faces) == (photo.image, photo.size, photo.faces)
    if not same or photo.path not in written.entries:
        return False
    return ledger.stamp_of((root / photo.path).with_name(entry.file)) == entry.stamp


def _write(root: Path, photo: PhotoNames, written: Ledger) -> list[str]:
    """Write one photo's names; gives what stood in the way."""
    entry = written.of(photo.path, photo.image)
    before = () if entry is None else entry.ours
    result = write_sidecar(root / photo.path, photo.faces, photo.size, photo.orientation, before)
    if result.problem is not None:
        return [result.problem.replace(f"{root}{os.sep}", "", 1)]
    written.put(photo.path, _noted(photo, before, result))
    return []


def _noted(photo: PhotoNames, before: tuple[NamedBox, ...], result: Outcome) -> Entry | None:
    stamp = None if result.file is None else ledger.stamp_of(result.file)
    if not photo.faces or result.file is None or stamp is None:
        return None
    # Where nothing was to be written, what is there is of others, but for what was ours before.
    ours = photo.faces if result.changed else tuple(f for f in photo.faces if f in before)
    return Entry(photo.image, photo.size, photo.faces, ours, result.file.name, stamp)


def _lost(out: Path, written: Ledger) -> list[str]:
    if not written.lost:
        return []
    return [
        f"{out / ledger.FILE} was damaged and is begun anew: names that were taken back since may "
        "stay in sidecars"
    ]


def _summed_up(problems: Sequence[str]) -> list[str]:
    """One sentence about all that was left alone."""
    if not problems:
        return []
    count = len(problems)
    if count == 1:
        return [f"The names of 1 photo were not written: {problems[0]}"]
    return [f"The names of {count} photos were not written, such as {problems[0]}"]
