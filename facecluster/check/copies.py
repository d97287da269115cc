"""The files that the manifest lists: each is there, and holds what it should."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from facecluster.base.machine import cores
from facecluster.check.findings import NEXT_RUN, Finding, Part
from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import file_digest
from facecluster.output.folders.manifest import Manifest

Progress = Callable[[int, int], None]


def check_copies(
    out: Path, manifest: Manifest, known: frozenset[str], progress: Progress
) -> Iterator[Finding]:
    """What is wrong with the files that `manifest` lists; the bytes of all copies are read.

    known: digests of the photos that the newest run found. progress: hears (done, all).
    """
    root = Path(manifest.album.path) if manifest.album is not None else None
    entries = manifest.files

    def look(entry: Entry) -> Finding | None:
        told = _told(out, root, entry, known)
        return told and Finding(Part.COPIES, entry.path, *told)

    with ThreadPoolExecutor(cores()) as pool:
        for done, found in enumerate(pool.map(look, entries), start=1):
            progress(done, len(entries))
            if found is not None:
                yield found


Told = tuple[str, str] | tuple[str, str, bool] | None


def _told(out: Path, root: Path | None, entry: Entry, known: frozenset[str]) -> Told:
    """Problem and advice, with False where it is no damage; None where all is in order."""
    path = out / entry.path
    found: Told
    if not os.path.lexists(path):
        found = "is gone", NEXT_RUN
    elif path.is_symlink():
        found = _told_of_link(path, entry)
    elif entry.how == "symlink" or not path.is_file():
        found = _CHANGED
    elif entry.size and not path.stat().st_size:
        found = "is empty", NEXT_RUN
    else:
        found = _told_of_bytes(out, root, entry)
    if found is None or entry.digest in known or found == _CHANGED:
        return found
    return found[0], "its original was gone in the newest run, so look for a backup"


def _told_of_link(path: Path, entry: Entry) -> Told:
    if entry.how != "symlink" or os.readlink(path) != entry.text:
        return _CHANGED
    return None if path.exists() else ("leads to a photo that is gone", NEXT_RUN)


def _told_of_bytes(out: Path, root: Path | None, entry: Entry) -> Told:
    if file_digest(out / entry.path) == entry.digest:
        return None
    if not entry.holds(out, root or out):
        return _CHANGED
    if entry.how == "hardlink":
        return "holds other bytes, and so does the photo: they are one file", NEXT_RUN
    return (
        "holds other bytes than the photo, though its size and time are as they were",
        f"if you did not edit it, delete it: {NEXT_RUN}",
    )


_CHANGED = ("was changed since it was written", "it is yours now, and no run touches it", False)


def check_unfinished(out: Path, manifest: Manifest, temp: str) -> Iterator[Finding]:
    """What a run that was ended too early left. temp: where unfinished files lie."""
    if manifest.pending or manifest.moves:
        steps = len(manifest.pending) + len(manifest.moves)
        what = "1 file" if steps == 1 else f"{steps} files"
        problem = f"a run was ended before it had placed {what}"
        yield Finding(Part.UNFINISHED, "people", problem, NEXT_RUN)
    if names := _names(out / temp):
        what = "1 file" if len(names) == 1 else f"{len(names)} files"
        yield Finding(Part.UNFINISHED, temp, f"holds {what} of a run that was ended", NEXT_RUN)


def _names(folder: Path) -> Sequence[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return ()
