"""What is otherwise than before, in a sentence or two."""

from __future__ import annotations

from pathlib import Path

import pytest

from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.changed import changes_told
from facecluster.report.document import read_report, report_json
from facecluster.report.people import Identities
from facecluster.report.records import Changes, Gain, Gone, Moved, Waiting
from tests.support.made_albums import RUN, make_faces, make_grouping

MANY = tuple(Gain(person, 1) for person in range(1, 8))
WAITS = Waiting("k", "a.jpg", "is Zoë")


def report_of(changes):
    photos = [PhotoRow(f"{n}.jpg", str(n), 1, 40, 30) for n in range(8)]
    grouping = make_grouping(range(8), [Reason.PLACED] * 8)
    names = ("Zoë", *[None] * 7)
    who = Identities((14, 47, *range(1, 7)), names, changes=changes)
    return build_report(Path("/p"), photos, make_faces(range(8)), grouping, RUN, who=who)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (None, ""),
        (
            Changes(
                12,
                (Gain(14, 9), Gain(47, 2), Gain(None, 1)),
                tuple(Moved(n, 14, 47) for n in range(3)),
                (47,),
            ),
            "12 new photos: 9 to Zoë, 2 to person-047 (new), 1 unsure. 3 older faces moved.",
        ),
        (Changes(1), "1 new photo."),
        (Changes(1, (Gain(None, 1),), (Moved(0, 14, None),)),
         "1 new photo: 1 unsure. 1 older face moved."),
        (Changes(7, MANY), "7 new photos: 1 to person-001, 1 to person-002, 1 to person-003, "
         "1 to person-004, 1 to person-005, others to 2 more people."),
        (Changes(0, gone=(Gone(9, 14), Gone(3, None, "Ann"))),
         "No longer found: person-009. Without a face now, but kept: Ann."),
        (Changes(0, waiting=(WAITS,)), "1 face with a name or correction is not there and waits."),
        (Changes(0, waiting=(WAITS,) * 2),
         "2 faces with names or corrections are not there and wait."),
    ],
)  # fmt: skip
def test_sentences(changes, said) -> None:
    if changes is not None and changes.gains == MANY:
        who = Identities(tuple(range(1, 9)), (None,) * 8, changes=changes)
        photos = [PhotoRow(f"{n}.jpg", str(n), 1, 40, 30) for n in range(8)]
        grouping = make_grouping(range(8), [Reason.PLACED] * 8)
        report = build_report(Path("/p"), photos, make_faces(range(8)), grouping, RUN, who=who)
    else:
        report = report_of(changes)
    assert changes_told(report) == said


def test_the_report_keeps_it() -> None:
    changes = Changes(2, (Gain(14, 2),), (Moved(1, None, 14),), (47,), (Gone(9, 14),), (WAITS,))
    assert read_report(report_json(report_of(changes))).changes == changes
