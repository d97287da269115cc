"""faces.csv reads back, and no spreadsheet runs a file name."""

from __future__ import annotations

import csv
import io

import pytest

from facecluster.output.table import COLUMNS, faces_csv
from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.people import Identities
from tests.support.made_albums import RUN, make_confidence, make_faces, make_grouping


def rows_of(report):
    return list(csv.DictReader(io.StringIO(faces_csv(report).decode("utf-8"), newline="")))


def test_one_row_per_face(album):
    report = build_report(album.root, album.photos, album.faces, album.grouping, RUN)
    rows = rows_of(report)
    assert tuple(rows[0]) == COLUMNS
    assert [r["photo"] for r in rows] == [f.photo for f in report.faces]
    box = tuple(float(rows[2][k]) for k in ("x", "y", "width", "height"))
    assert box == report.faces[2].box
    assert (rows[0]["person"], rows[0]["reason"]) == ("person-001", "")
    assert (rows[5]["person"], rows[5]["nearest"], rows[5]["reason"]) == ("", "person-001", "alone")
    assert float(rows[5]["distance"]) == report.faces[5].distance


def test_confidence_and_then_what_a_photo_is_a_copy_of_are_the_last_columns(album):
    grouping = make_confidence(album.grouping, [0.9, 0.9], faces=[0.25, 0.5])
    report = build_report(album.root, album.photos, album.faces, grouping, RUN)
    assert COLUMNS[-2:] == ("confidence", "copy_of")
    cells = [row["confidence"] for row in rows_of(report)]
    assert cells == ["0.25", "0.5", "0.9", "0.9", "0.9", "", "", ""]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("=cmd|'/C calc'!A0.jpg", "./=cmd|'/C calc'!A0.jpg"),
        ("+1.jpg", "./+1.jpg"),
        ("-2.jpg", "./-2.jpg"),
        ("@SUM(A1).jpg", "./@SUM(A1).jpg"),
        ("\t=1.jpg", "./\t=1.jpg"),
        (" =1.jpg", "./ =1.jpg"),
        ('a,"b";=1\n.jpg', 'a,"b";=1\n.jpg'),
        ("b\udcff.jpg", "b\\udcff.jpg"),
        ("日本/é.jpg", "日本/é.jpg"),
    ],
)
def test_hostile_names(tmp_path, path, written):
    grouping = make_grouping([-1], [Reason.ALONE])
    report = build_report(tmp_path, [PhotoRow(path, "d", 1)], make_faces([0]), grouping, RUN)
    assert [r["photo"] for r in rows_of(report)] == [written]


def test_names_of_people_are_not_formulas(album):
    names = ["=1+1", None]
    report = build_report(
        album.root,
        album.photos,
        album.faces,
        album.grouping,
        RUN,
        who=Identities.by_rank(album.grouping.people, names),
    )
    assert rows_of(report)[0]["person"] == "'=1+1"
    assert report.people[0].folder == "people/=1+1"
