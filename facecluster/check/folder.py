"""The check of one output folder. It changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

from facecluster.base.progress import Progress, no_progress
from facecluster.check.copies import check_copies, check_unfinished
from facecluster.check.findings import Checked, Finding, Health, Part, explained
from facecluster.check.index import check_index
from facecluster.check.reports import (
    check_folders,
    check_people,
    check_reports,
    check_thumbnails,
    newest_report,
)
from facecluster.config import Settings, output_folder
from facecluster.errors import OutputError, SettingsError
from facecluster.output.folders.fixed import INDEX, check_fixed
from facecluster.output.folders.manifest import MANIFEST, Manifest, load
from facecluster.output.private import FOLDER, TEMP
from facecluster.report.records import Report


def results_of(folder: Path) -> Path:
    """The output folder that is meant: `folder`, or the one beside the photos in it.

    Raises SettingsError where neither holds results.
    """
    if (folder / FOLDER).is_dir():
        return folder
    beside = output_folder(folder, Settings())
    if (beside / FOLDER).is_dir():
        return beside
    raise SettingsError(
        f"{folder}: no results of facecluster are in it, nor in {beside}; give the folder that "
        "holds people and report.html"
    )


def check_folder(out: Path, index: Path | None = None, progress: Progress = no_progress) -> Health:
    """Look at everything that runs have left in `out`; nothing is changed.

    index: the folder that holds index.db, where it is not the one that the report names. progress
    hears ("check", copies looked at, all copies). Raises LibraryError while a run is at work.
    """
    found, report = newest_report(out)
    database = _index_file(out, index, report)
    shown = INDEX if database == out / INDEX else str(database)
    told, placed = check_index(database, shown)
    found += told
    told, manifest = _manifest(out)
    found += told
    if manifest is not None:
        known = frozenset(p.digest for p in report.photos) if report else frozenset()
        found += check_unfinished(out, manifest, TEMP)
        found += check_copies(out, manifest, known, lambda *n: progress("check", *n))
    if report is not None:
        found += check_reports(out, report)
        found += check_thumbnails(out, report)
        found += check_people(report, placed) if placed is not None else ()
        found += check_folders(out, report, manifest) if manifest is not None else ()
    return Health(out, _counted(report, manifest), tuple(found))


def _index_file(out: Path, index: Path | None, report: Report | None) -> Path:
    """Where the index lies: the newest run says so, if it was not in the output folder."""
    if index is None and report is not None:
        output = report.run.settings.get("output")
        named = output.get("index") if isinstance(output, dict) else None
        index = Path(named) if isinstance(named, str) else None
    return out / INDEX if index is None else index / Path(INDEX).name


def _manifest(out: Path) -> tuple[list[Finding], Manifest | None]:
    """The list of our files, or what is wrong with it, or with the places it speaks of."""
    path = out / MANIFEST
    try:
        check_fixed(out)
        if not path.exists() and any(os.path.isdir(out / name) for name in ("people", "unsure")):
            advice = "the next run makes it again, and takes over what is a photo bit by bit"
            return [Finding(Part.MANIFEST, MANIFEST, "is not there", advice)], None
        return [], load(out)
    except OutputError as error:
        return [explained(Part.MANIFEST, MANIFEST, str(error), str(path))], None


def _counted(report: Report | None, manifest: Manifest | None) -> Checked:
    photos, faces = (report.photos, report.faces) if report else ((), ())
    files = manifest.files if manifest else ()
    return Checked(len(photos), len(faces), len(files), sum(f.thumbnail is not None for f in faces))
