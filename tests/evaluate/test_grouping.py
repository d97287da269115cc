"""Judging a report by the folders that its photos lie in."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.evaluate.grouping import judge, labels, main_faces
from facecluster.records import Reason, Status
from facecluster.report.build import build_report
from facecluster.report.records import Face, Photo, Report
from tests.support.made_albums import RUN, make_faces, make_grouping


def report_of(*faces: Face) -> Report:
    """A report on four photos with these faces."""
    empty = build_report(Path("/"), [], make_faces([]), make_grouping([], []), RUN)
    paths = ("ann/1.jpg", "ann/2.jpg", "bob/1.jpg", "loose.jpg")
    photos = tuple(
        Photo(path, Status.GROUPED, "", None, path, 1, 100, 200, None, ()) for path in paths
    )
    return replace(empty, photos=photos, faces=faces)


def face(path: str, person: int | None, middle: tuple[float, float]) -> Face:
    x, y = middle
    return Face(
        id=0,
        photo=path,
        box=(x - 5, y - 5, 10, 10),
        size=10,
        score=1,
        consistency=1,
        quality=1,
        core=True,
        person=person,
        reason=Reason.ALONE if person is None else Reason.PLACED,
        nearest=person,
        distance=None,
        confidence=None,
        thumbnail=None,
    )


REPORT = report_of(
    face("ann/1.jpg", 2, (10, 190)),
    face("ann/1.jpg", 1, (45, 110)),  # nearest to the middle: this is Ann
    face("ann/2.jpg", 1, (50, 100)),
    face("bob/1.jpg", None, (50, 100)),
    face("bob/1.jpg", 1, (99, 100)),
    face("loose.jpg", 1, (50, 100)),
)


def test_the_main_face_is_the_middle_one() -> None:
    assert main_faces(REPORT) == {
        "ann/1.jpg": 1,
        "ann/2.jpg": 1,
        "bob/1.jpg": None,
        "loose.jpg": 1,
    }


def test_photos_outside_folders_say_nothing() -> None:
    truth, found = labels(REPORT)
    assert truth.tolist() == [0, 0, 1]
    assert found.tolist() == [1, 1, -1]


def test_a_perfect_grouping() -> None:
    judged = judge(REPORT)
    assert judged.pairwise.f == judged.bcubed.f == 1
    assert (judged.photos, judged.true_people, judged.people) == (3, 2, 1)
    assert judged.coverage == pytest.approx(2 / 3)


def test_a_mixed_person_costs_precision() -> None:
    mixed = report_of(*REPORT.faces[:3], face("bob/1.jpg", 1, (50, 100)))
    judged = judge(mixed)
    assert judged.pairwise.precision == pytest.approx(1 / 3)
    assert judged.pairwise.recall == 1
    assert judged.bcubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)


def test_a_photo_without_any_face_is_alone() -> None:
    judged = judge(report_of(*REPORT.faces[:2]))
    assert judged.pairwise.recall == 0
    assert judged.coverage == pytest.approx(1 / 3)


def test_nmi_and_ari_count_unplaced_faces_as_people_of_their_own() -> None:
    judged = judge(REPORT)
    assert judged.ari == judged.nmi == pytest.approx(1)
    # One of Ann's photos left alone: by hand, three single groups of which two are one person.
    apart = judge(report_of(face("ann/1.jpg", 1, (45, 110)), *REPORT.faces[3:]))
    assert apart.ari == pytest.approx(0)
    entropy = -(2 / 3) * math.log(2 / 3) - (1 / 3) * math.log(1 / 3)
    assert apart.nmi == pytest.approx(2 * entropy / (entropy + math.log(3)))
