"""The folder of each person, brought from what an earlier run left to what this one found."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from facecluster.base.atomic import output_errors
from facecluster.config import OutputConfig
from facecluster.errors import OutputError
from facecluster.output.folders.links import SourceError, place
from facecluster.output.folders.manifest import Entry, Manifest, by_path, load, save
from facecluster.output.folders.plan import Plan, Planner, wanted_photos
from facecluster.records import Status
from facecluster.report.records import Report

Progress = Callable[[int, int], None]
TEMP = ".facecluster/tmp"


def check_folders(out: Path, root: Path) -> None:
    """Raise OutputError unless results may go to `out` for the photos in `root`."""
    real_out, real_root = Path(os.path.realpath(out)), Path(os.path.realpath(root))
    if real_out == real_root or (out.exists() and root.exists() and out.samefile(root)):
        raise OutputError(
            f"{out} is the photo folder itself: choose another folder with `output.folder`"
        )
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file: choose a folder with `output.folder`")
    for ours in ("people", "unsure", ".facecluster"):
        if real_root.is_relative_to(real_out / ours):
            raise OutputError(
                f"{root} is a folder of results: choose another one with `output.folder`"
            )
        _check_own(out, ours)


def sync_folders(
    out: Path,
    root: Path,
    report: Report,
    config: OutputConfig,
    progress: Progress | None = None,
) -> list[str]:
    """Make `people/` and `unsure/` under `out` show what `report` says; gives notes for the user.

    Files of ours that are right are left alone; a file that we did not write, or that was changed
    since, is never touched. A run that is killed anywhere leaves a manifest that knows every file
    it wrote: what will be written is listed before the first file, and a file stays listed until
    it is gone. `out` has passed check_folders. `progress` hears (files written, files to write).
    Raises OutputError.
    """
    manifest = load(out)
    owned = manifest.owned(out, root)
    shutil.rmtree(out / TEMP, ignore_errors=True)
    sources = {p.path: p.digest for p in report.photos if p.status is not Status.UNREADABLE}
    digests = set(sources.values())
    planner = Planner(out, root, config.link, manifest, owned, digests, sources.keys())
    wanted = wanted_photos(report, config)
    for folder in sorted({*wanted, *(e.path.rpartition("/")[0] for e in owned.values())}):
        _check_own(out, folder)
    plan = planner.plan(wanted)
    known = owned | {e.path: e for e in plan.keep}
    notes = _write(out, root, plan.write, known, progress)
    notes += _remove(out, plan.remove, known)
    if plan.write or plan.remove or manifest != Manifest(by_path(known.values())):
        save(out, known.values())
    return notes + _about(plan)


def _check_own(out: Path, folder: str) -> None:
    """A link in place of a folder of ours could lead us into the photos: refuse to follow it."""
    base, parts = os.path.realpath(out), PurePosixPath(folder).parts
    if _is_real(out, base, parts):
        return  # and so is every folder on the way
    for depth in range(1, len(parts) + 1):
        if not _is_real(out, base, parts[:depth]):
            path = out.joinpath(*parts[:depth])
            raise OutputError(f"{path} is a link to another place: move it or use `output.folder`")


def _is_real(out: Path, base: str, parts: tuple[str, ...]) -> bool:
    real = os.path.realpath(os.path.join(out, *parts))
    return os.path.normcase(real) == os.path.normcase(os.path.join(base, *parts))


def _write(
    out: Path,
    root: Path,
    entries: tuple[Entry, ...],
    known: dict[str, Entry],
    progress: Progress | None,
) -> list[str]:
    """Write the files and enter them into `known`; the manifest lists them before and after."""
    if not entries:
        return []
    notes: dict[str, None] = {}  # each sentence once, in order
    save(out, known.values(), entries)
    for done, entry in enumerate(entries, start=1):
        target = out / entry.path
        try:
            how, note = place(root / entry.source, target, out / TEMP / str(done), entry.link)
        except SourceError as error:
            notes[f"{entry.source} could not be placed: {error}."] = None
            continue
        if note:
            notes[note] = None
        with output_errors(target):
            about = os.lstat(target)
            text = os.readlink(target) if how == "symlink" else ""
        known[entry.path] = replace(
            entry, how=how, size=about.st_size, mtime_ns=about.st_mtime_ns, text=text
        )
        if progress:
            progress(done, len(entries))
    with suppress(OSError):
        (out / TEMP).rmdir()
    save(out, known.values())
    return list(notes)


def _remove(out: Path, entries: Iterable[Entry], known: dict[str, Entry]) -> list[str]:
    """Delete files of ours, then the folders that this left empty."""
    notes = []
    folders: set[Path] = set()
    for entry in entries:
        path = out / entry.path
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            notes.append(f"{entry.path} could not be removed: {error.strerror}.")
            continue
        del known[entry.path]
        folders.update((path.parent, out / entry.path.split("/")[0]))
    for folder in sorted(folders, reverse=True):
        with suppress(OSError):  # something of the user's is in it
            folder.rmdir()
    return notes


def _about(plan: Plan) -> list[str]:
    notes = [f"{path} could not be placed: it is gone." for path in plan.missing]
    if plan.spare:
        what = "1 file" if len(plan.spare) == 1 else f"{len(plan.spare)} files"
        notes.append(
            f"{what} of an earlier run stayed although no longer wanted, because the photo folder "
            f"does not hold the original any more (such as {plan.spare[0].path})."
        )
    return notes
