"""Names for all photos of a folder: only where something is new, changed or gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from facecluster.metadata.written import ledger
from facecluster.metadata.written.ledger import Entry, Ledger
from facecluster.metadata.written.records import NamedBox, Outcome
from facecluster.metadata.written.sidecar import write_sidecar

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Saving:
    """every_seconds: after which the list of what was written is saved; a run that is killed leaves
    that much of which it is not known that we wrote it."""

    every_seconds: float = 5.0


SAVING = Saving()


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

    def __post_init__(self) -> None:
        if not self.path or self.path.startswith("/"):
            raise ValueError(f"path: {self.path!r} is not below the root")
        if self.faces and min(self.size) < 1:
            raise ValueError(f"size: {self.size} cannot show anybody")
        if not 1 <= self.orientation <= 8:
            raise ValueError(f"orientation: {self.orientation} is not 1..8")


Write = Callable[[PhotoNames, tuple[NamedBox, ...]], Outcome]


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
    notes: list[str] = []
    if mode == "embed" and (beside := ledger.load(out, "sidecar").entries):
        # What was written beside photos earlier is read first by others, so it must stay true.
        notes = write_names(root, out, [p for p in photos if p.path in beside], "sidecar")
    written = ledger.load(out, mode)
    waiting = [photo for photo in photos if not _is_done(root, photo, written)]
    waiting = [photo for photo in waiting if os.path.lexists(root / photo.path)]  # disks go away
    problems: list[str] = []
    saved = time.monotonic()
    try:
        with _writer(root, out, mode) as write:
            for number, photo in enumerate(waiting):
                problems += _write(root, photo, written, write)
                if progress is not None:
                    progress(number + 1, len(waiting))
                if time.monotonic() - saved >= SAVING.every_seconds:
                    ledger.save(out, mode, written)
                    saved = time.monotonic()
    finally:  # what was written is known, also where the run is cut short
        ledger.save(out, mode, written)
    return [*notes, *_lost(out, written), *_summed_up(problems)]


def _is_done(root: Path, photo: PhotoNames, written: Ledger) -> bool:
    entry = written.of(photo.path, photo.image)
    if entry is None:
        return not photo.faces
    same = (entry.image, entry.size, entry.faces) == (photo.image, photo.size, photo.faces)
    if not same or photo.path not in written.entries:
        return False
    return ledger.stamp_of((root / photo.path).with_name(entry.file)) == entry.stamp


@contextmanager
def _writer(root: Path, out: Path, mode: str) -> Iterator[Write]:
    """Writes the names of one photo; hears what was ours before."""
    if mode == "sidecar":
        yield lambda p, ours: write_sidecar(root / p.path, p.faces, p.size, p.orientation, ours)
        return
    from facecluster.metadata.written.embed import Embedder
    from facecluster.metadata.written.exiftool import Exiftool

    with TemporaryDirectory(dir=out / ".facecluster") as folder:
        embedder = Embedder(root, out, Exiftool(Path(folder)))
        try:
            yield lambda p, ours: embedder.write(p.path, p.faces, p.size, ours)
        finally:
            embedder.tool.close()


def _write(root: Path, photo: PhotoNames, written: Ledger, write: Write) -> list[str]:
    """Write one photo's names; gives what stood in the way."""
    entry = written.of(photo.path, photo.image)
    before = () if entry is None else entry.ours
    result = write(photo, before)
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
