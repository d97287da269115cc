"""What was left out: in words, in report.json, and in reports that knew nothing of it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from facecluster.photos.folder.left_out import OTHER, VIDEO, LeftOut, Tally
from facecluster.report.build import build_report
from facecluster.report.document import read_report, report_json
from facecluster.report.left_out import counted_files, left_out_sentences
from facecluster.report.records import Failure
from tests.support.made_albums import RUN, make_faces, make_grouping

SCHEMA = json.loads(files("facecluster.report").joinpath("report.schema.json").read_text("utf-8"))


def record(kind: str, count: int, reason: str = OTHER, folders: bool = False) -> LeftOut:
    return LeftOut(kind, reason, count, (), folders)


@pytest.mark.parametrize(
    ("left_out", "sentences"),
    [
        ([], []),
        ([record(".pdf", 1)], ["1 file of another kind was left out: 1 .pdf."]),
        (
            [record(".mov", 3, VIDEO), record(".pdf", 1)],
            [
                "4 files of other kinds were left out: 3 .mov, 1 .pdf."
                " `scan.videos` reads videos, too.",
            ],
        ),
        (
            [record(f".{n}", 9) for n in "abcdefg"],
            [
                "63 files of other kinds were left out: 9 .a, 9 .b, 9 .c, 9 .d, 9 .e, 9 .f and 1 "
                "more kind."
            ],
        ),
        (
            [record(f".{n}", 1) for n in "abcdefgh"],
            [
                "8 files of other kinds were left out: 1 .a, 1 .b, 1 .c, 1 .d, 1 .e, 1 .f and 2 "
                "more kinds."
            ],
        ),
        ([record("@eaDir", 1, folders=True)], ["1 folder was left out: 1 @eaDir."]),
        (
            [record(".a", 1), record("@eaDir", 2, folders=True), record("x", 1, folders=True)],
            [
                "1 file of another kind was left out: 1 .a.",
                "3 folders were left out: 2 @eaDir, 1 x.",
            ],
        ),
    ],
)
def test_sentences(left_out: list[LeftOut], sentences: list[str]) -> None:
    assert left_out_sentences(left_out) == sentences
    assert bool(counted_files(left_out)) == any(not record.folders for record in left_out)


def test_the_report_holds_it_and_the_folders_that_nobody_could_list(tmp_path: Path) -> None:
    tally = Tally()
    tally.file("a.mov", ".mov")
    tally.folder("x/@eaDir", "@eaDir", "thumbnails")
    run = replace(
        RUN, left_out=tally.records(), unlisted=(Failure("locked/", "Permission denied"),)
    )
    report = build_report(tmp_path, [], make_faces([]), make_grouping([], []), run)
    assert (report.left_out, report.failures) == (run.left_out, run.unlisted)
    assert report.summary.photos == 0
    data = report_json(report)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(data))
    assert read_report(data) == report
    before = json.loads(data)
    del before["left_out"]
    assert read_report(json.dumps(before).encode()) == replace(report, left_out=())
