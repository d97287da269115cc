"""Which copy stands for the others, and that each photo counts once in every table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.output.table import faces_csv
from facecluster.records import Copies, PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.copies import one_of_each, stand_ins
from facecluster.report.records import Report
from tests.support.made_albums import RUN, make_faces, make_grouping


def photo(path: str, width: int = 400, size: int = 100, **rest: object) -> PhotoRow:
    return PhotoRow(path, f"{path:0>32}", size, width, width // 2, **rest)


def stands(*photos: PhotoRow) -> list[str | None]:
    """All with one face, and copies of one photo."""
    same = Copies(np.zeros(len(photos), np.int32), np.zeros(len(photos), np.int32))
    return stand_ins(photos, make_faces(range(len(photos))), same)


@pytest.mark.parametrize(
    ("best", "others"),
    [
        (photo("z/long name (1).jpg", 800), [photo("a.jpg", 799), photo("b.jpg", 100)]),
        (photo("z/IMG_1.jpg"), [photo("a/IMG_1-edited.jpg"), photo("IMG_E1.jpg", size=900)]),
        (photo("z/DSC_2.jpg"), [photo("a/DSC_2-bearbeitet.jpg"), photo("a/DSC_2 (1).jpg")]),
        (photo("photo.jpg", taken="2019-01-01T00:00:00"), [photo("a.jpg", size=900)]),
        (photo("b.jpg", size=200), [photo("a.jpg", size=100)]),
        (photo("a.jpg"), [photo("b.jpg")]),
    ],
)
def test_the_largest_and_the_original_come_first(best: PhotoRow, others: list[PhotoRow]) -> None:
    assert stands(best, *others) == [None, *[best.path] * len(others)]
    assert stands(*others, best) == [*[best.path] * len(others), None]


def test_the_same_bytes_go_where_the_first_of_them_goes() -> None:
    large, small = photo("large.jpg", 900), photo("small.jpg", 90)
    again = replace(photo("x.jpg", 90), duplicate_of="small.jpg")
    twin = replace(photo("y.jpg", 900), duplicate_of="large.jpg")
    same = Copies(np.zeros(2, np.int32), np.zeros(2, np.int32))
    rows = [large, small, again, twin]
    assert stand_ins(rows, make_faces([0, 1]), same) == [None, *["large.jpg"] * 3]
    assert stand_ins(rows, make_faces([0, 1]), None) == [None, None, "small.jpg", "large.jpg"]


def report_of(sets: list[list[int]], labels: list[int]) -> Report:
    """A report of photos with one face each; `sets` are copies of each other."""
    count = len(labels)
    photos = [photo(f"{i}.jpg", 900 - i) for i in range(count)]
    picture = np.arange(count, dtype=np.int32)
    for rows in sets:
        picture[rows] = rows[0]
    reasons = [Reason.ALONE if label < 0 else Reason.PLACED for label in labels]
    grouping = replace(make_grouping(labels, reasons), copies=Copies(picture, picture))
    return build_report(Path("/"), photos, make_faces(range(count)), grouping, RUN)


def test_copies_count_once_everywhere() -> None:
    report = report_of([[0, 2, 4], [1, 3]], [0, 0, 0, 0, 0, 0, -1])
    assert [p.copy_of for p in report.photos] == [
        None, None, "0.jpg", "1.jpg", "0.jpg", None, None,
    ]  # fmt: skip
    assert (report.people[0].photo_count, report.people[0].face_count) == (3, 6)
    assert (report.summary.photos, report.summary.copies) == (7, 3)
    table = faces_csv(report).decode().splitlines()
    assert [line.rsplit(",", 1)[1] for line in table] == [
        '"copy_of"', '""', '""', '"0.jpg"', '"1.jpg"', '"0.jpg"', '""', '""',
    ]  # fmt: skip


@given(
    sets=st.lists(st.integers(0, 3), min_size=1, max_size=9),
    kept=st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_of_each_set_one_is_left(sets: list[int], kept: list[bool]) -> None:
    """Also where the one that stands for all is not among them."""
    groups = [[i for i, s in enumerate(sets) if s == number] for number in range(4)]
    report = report_of([rows for rows in groups if rows], [0] * len(sets))
    some = [p for p, keep in zip(report.photos, kept, strict=False) if keep]
    left = one_of_each(some)
    pictures = [p.copy_of or p.path for p in left]
    assert sorted(pictures) == sorted({p.copy_of or p.path for p in some})
    for p in left:
        rivals = [q for q in some if (q.copy_of or q.path) == (p.copy_of or p.path)]
        assert p.width == max(q.width for q in rivals)
