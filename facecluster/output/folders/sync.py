"""The folder of each person, brought from what an earlier run left to what this one found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from facecluster.base.atomic import output_errors
from facecluster.base.disks import disks_in, is_mounted
from facecluster.base.inside import rmdir_inside, unlink_inside
from facecluster.config import OutputConfig
from facecluster.errors import OutputError
from facecluster.output.folders.album import Album, album_at
from facecluster.output.folders.by_hand.learned import moved_by_hand
from facecluster.output.folders.by_hand.renamed import adopted, find_renamed
from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import Fate, Fates
from facecluster.output.folders.fixed import check_fixed, check_own
from facecluster.output.folders.leftovers import Leftovers
from facecluster.output.folders.links import SourceError, place
from facecluster.output.folders.listing import Listing
from facecluster.output.folders.manifest import Manifest, by_path, load, save
from facecluster.output.folders.moves import Followed, follow, make_moves, moves_told
from facecluster.output.folders.owners import find_owners
from facecluster.output.folders.plan import Plan, Planner, wanted_photos
from facecluster.output.folders.unfinished import clear_unfinished, flush
from facecluster.output.private import TEMP
from facecluster.report.records import Report

Progress = Callable[[int, int], None]


def check_folders(out: Path, root: Path, take_over: bool = False) -> Album | None:
    """Raise OutputError unless results may go to `out` for the photos in `root`.

    take_over: also where `out` holds the results of another photo folder. Gives the photo folder
    as an earlier run found it, where there was one and nothing is taken over.
    """
    real_out, real_root = Path(os.path.realpath(out)), Path(os.path.realpath(root))
    if real_out == real_root or (out.exists() and root.exists() and out.samefile(root)):
        raise OutputError(
            f"{out} is the photo folder itself: choose another folder with `output.folder`"
        )
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file: choose a folder with `output.folder`")
    for ours in ("people", "unsure", "kept", ".facecluster"):
        if real_root.is_relative_to(real_out / ours):
            raise OutputError(
                f"{root} is a folder of results: choose another one with `output.folder`"
            )
    check_fixed(out)
    return None if take_over else _checked_album(out, root, load(out))


def _checked_album(out: Path, root: Path, manifest: Manifest) -> Album | None:
    album = manifest.album
    if album is not None and not album.is_at(root, (e.source for e in manifest.files)):
        raise OutputError(
            f"{out} holds the results of another photo folder, {album.path}: choose another folder "
            "with `output.folder`, or, if the photos have only moved or these results are to take "
            "its place, say so with `output.take_over`"
        )
    return album


def sync_folders(
    out: Path,
    root: Path,
    report: Report,
    config: OutputConfig,
    progress: Progress | None = None,
) -> list[str]:
    """Make `people/` and `unsure/` under `out` show what `report` says; gives notes for the user.

    Files of ours that are right are left alone; a file that we did not write, or that was changed
    since, is never changed or removed, but goes with its person, or to `kept/`. A run that is
    killed anywhere leaves a manifest that knows every file it wrote and moved: both are listed
    before, and a file stays listed until it is gone. `out` has passed check_folders. `progress`
    hears (files written, files to write). Raises OutputError.
    """
    manifest = load(out)
    _check_moves(out, manifest.moves)
    make_moves(out, manifest.moves)  # of a run that was killed
    before, manifest = manifest, adopted(manifest, find_renamed(out, root, manifest))
    wanted = wanted_photos(report, config)
    listed = {e.path: e for e in (*manifest.files, *manifest.pending)}
    for folder in sorted({*wanted, *manifest.people, *(p.rpartition("/")[0] for p in listed)}):
        check_own(out, folder)
    owned = manifest.owned(out, root)
    for path in clear_unfinished(out, root, manifest, owned):
        del listed[path]
        owned.pop(path, None)
    frozen = config.link == "none"
    owners = find_owners(manifest, report)
    followed = follow(owners, Listing(out)) if not frozen else Followed({}, ())
    if followed.moves:
        manifest = _rename(out, manifest, followed)
        owners, places = find_owners(manifest, report), dict(followed.moves)
        listed, owned = _placed(listed, places), _placed(owned, places)
    fates = Fates(out, root, report)
    leftovers = Leftovers(out, manifest, owners, fates, Listing(out), frozen)
    dragged = moved_by_hand(out, manifest, owned, wanted) if not frozen else []
    plan = Planner(out, root, config.link, listed, owned, leftovers).plan(wanted)
    known = {path: e for path, e in owned.items() if path not in {*plan.moved, *plan.theirs}}
    known |= {e.path: e for e in (*plan.moved.values(), *plan.keep)}
    books = Manifest(album=_album_now(root, report, manifest), people=leftovers.history())
    notes = _carry_out(
        out, root, plan, known, replace(books, moves=tuple(leftovers.moves)), progress
    )
    books = replace(books, files=by_path(known.values()))
    if plan.write or plan.remove or leftovers.moves or followed.moves or before != books:
        save(out, books)
    return [*dragged, *notes, *moves_told(leftovers.moves), *_about(plan, fates)]


def _rename(out: Path, manifest: Manifest, followed: Followed) -> Manifest:
    """Rename the folders of people who are called otherwise now; gives the list as it is then."""
    _check_moves(out, followed.moves)
    manifest = manifest.relocated(followed.folders, dict(followed.moves))
    manifest = replace(manifest, moves=followed.moves)
    save(out, manifest)
    make_moves(out, followed.moves)
    flush(out, (), {path.rpartition("/")[0] for move in followed.moves for path in move})
    return manifest


def _placed(entries: dict[str, Entry], places: Mapping[str, str]) -> dict[str, Entry]:
    moved = (replace(e, path=places[e.path]) if e.path in places else e for e in entries.values())
    return {entry.path: entry for entry in moved}


def _album_now(root: Path, report: Report, manifest: Manifest) -> Album:
    """The photo folder with its disks, also those that are away in this run."""
    disks = disks_in(root, (photo.path for photo in report.photos))
    before = manifest.album.disks if manifest.album is not None else ()
    away = {failure.path.rstrip("/") for failure in report.failures if failure.path.endswith("/")}
    disks.update(disk for disk in before if disk in away or is_mounted(root, disk))
    return replace(album_at(root), disks=tuple(sorted(disks)))


def _check_moves(out: Path, moves: Iterable[tuple[str, str]]) -> None:
    for folder in {path.rpartition("/")[0] for move in moves for path in move}:
        check_own(out, folder)


def _carry_out(
    out: Path,
    root: Path,
    plan: Plan,
    known: dict[str, Entry],
    books: Manifest,
    progress: Progress | None,
) -> list[str]:
    """Move, write and remove, and enter it into `known`; the manifest lists it all before."""
    if plan.write or books.moves:
        _check_moves(out, books.moves)
        files, pending = by_path(known.values()), by_path(plan.write)
        save(out, replace(books, files=files, pending=pending))
        make_moves(out, books.moves)
    notes = _write(out, root, plan.write, known, progress)
    copies = [e.path for e in plan.write if e.path in known and known[e.path].how == "copy"]
    places = [*(e.path for e in plan.write), *(path for move in books.moves for path in move)]
    flush(out, copies, (path.rpartition("/")[0] for path in places))  # before it is vouched for
    if plan.write:
        save(out, replace(books, files=by_path(known.values()), moves=()))
    return notes + _remove(out, plan.remove, known)


def _write(
    out: Path,
    root: Path,
    entries: Iterable[Entry],
    known: dict[str, Entry],
    progress: Progress | None,
) -> list[str]:
    """Write the files and enter them into `known`."""
    notes: dict[str, None] = {}  # each sentence once, in order
    entries = tuple(entries)
    for done, entry in enumerate(entries, start=1):
        target, temp = out / entry.path, f"{TEMP}/{done}"
        try:
            how, note = place(root / entry.source, out, entry.path, temp, entry.link)
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
    return list(notes)


def _remove(out: Path, entries: Iterable[Entry], known: dict[str, Entry]) -> list[str]:
    """Delete files of ours, then the folders that this left empty."""
    notes = []
    folders: set[str] = set()
    for entry in entries:
        try:
            with suppress(FileNotFoundError):
                unlink_inside(out, entry.path)
        except OSError as error:
            notes.append(f"{entry.path} could not be removed: {error.strerror}.")
            continue
        del known[entry.path]
        folders.update((entry.path.rpartition("/")[0], entry.path.split("/")[0]))
    for folder in sorted(folders, reverse=True):
        with suppress(OSError):  # something of the user's is in it
            rmdir_inside(out, folder)
    return notes


def _about(plan: Plan, fates: Fates) -> list[str]:
    notes = [f"{path} could not be placed: it is gone." for path in plan.missing]
    waiting = [e for e in plan.spare if fates.of(e) is Fate.WAITS]
    gone = [e for e in plan.spare if fates.of(e) is not Fate.WAITS]
    if gone:
        notes.append(
            f"{_files(gone)} of an earlier run stayed although no longer wanted, because the photo "
            f"folder does not hold the original any more (such as {gone[0].path})."
        )
    if waiting:
        notes.append(
            f"{_files(waiting)} of an earlier run stayed, because their originals could not be "
            f"read in this run (such as {waiting[0].path})."
        )
    excluded = [e for e in plan.remove if fates.excluded(e.source)]
    if excluded:
        notes.append(f"{_files(excluded)} went, because the photos are left out now.")
    return notes


def _files(entries: list[Entry]) -> str:
    return "1 file" if len(entries) == 1 else f"{len(entries)} files"
