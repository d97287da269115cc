"""Everything a run leaves in the output folder, in the order that is safe to interrupt."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from facecluster.base.atomic import output_errors
from facecluster.config import OutputConfig
from facecluster.errors import OutputError
from facecluster.output.folders.album import Album
from facecluster.output.folders.sync import check_folders, sync_folders
from facecluster.output.private import clear_temp, open_private, write_private
from facecluster.output.table import COLUMNS, csv_pieces
from facecluster.output.thumbnails import find_thumbnails
from facecluster.records import FaceTable, Grouping, PhotoRow
from facecluster.report.build import RunInfo, build_report
from facecluster.report.document import FORMAT, json_pieces
from facecluster.report.people import Identities
from facecluster.report.records import Report

# What our own files start with: another file of that name is the user's and stays.
MARKS = {
    "report.html": b'content="facecluster',
    "report.json": FORMAT.encode(),
    "faces.csv": f'"{COLUMNS[0]}","{COLUMNS[1]}"'.encode(),
}


def write_all(
    out: Path,
    root: Path,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    run: RunInfo,
    config: OutputConfig,
    who: Identities | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Write the folders, faces.csv, report.json and report.html into `out`; gives the report.

    `progress` hears (files written, files to write) while the folders are made. Raises
    OutputError when `out` cannot be used, is full, or holds a file that is in the way.
    """
    from facecluster.output.page.render import render_page  # Jinja takes long to load

    check_out(
        out, root, config.take_over
    )  # again: somebody may have put a file there since the run began
    open_private(out)
    clear_temp(out)
    found = find_thumbnails(out)
    report = build_report(root, photos, faces, grouping, run, config, found, who)
    notes = sync_folders(out, root, report, config, progress)
    report = replace(report, notes=(*report.notes, *notes))
    write_private(out, "faces.csv", csv_pieces(report))
    write_private(out, "report.json", json_pieces(report))
    write_private(out, "report.html", (render_page(report, out),))
    clear_temp(out)
    return report


def check_out(out: Path, root: Path, take_over: bool = False) -> Album | None:
    """Raise OutputError unless results for the photos in `root` may go to `out`.

    take_over: also where there are results of another photo folder. To be asked before the long
    work; `write_all` looks again at what may have changed since. Gives what `check_folders` does.
    """
    album = check_folders(out, root, take_over)
    for name, mark in MARKS.items():
        path = out / name
        with output_errors(path):
            if not os.path.lexists(path):
                continue
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    head = file.read(2000)
                if not head or mark in head:
                    continue
        raise OutputError(
            f"{path} is in the way: move it, or choose another folder with `output.folder`"
        )
    return album
