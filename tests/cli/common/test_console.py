"""What `group` says on the screen about a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.cli.common.console import show_people
from facecluster.report.build import build_report
from facecluster.report.records import ProbablyMixed, ProbablySame
from tests.support.made_albums import RUN, make_faces, make_grouping


def test_doubts_are_counted_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    report = build_report(Path("/photos"), [], make_faces([]), make_grouping([], []), RUN)

    def doubts(pairs: int, mixed: int) -> list[str]:
        """The lines about doubts when the report lists so many."""
        same = (ProbablySame((1, 2), 0.5),) * pairs
        several = (ProbablyMixed(1, 0.1),) * mixed
        found = replace(report, probably_same=same, probably_mixed=several)
        show_people(found, Path("/out"), dry_run=False, verbose=False)
        lines = capsys.readouterr().out.splitlines()
        return [line for line in lines if line.startswith("Worth a look")]

    assert doubts(0, 0) == []
    assert doubts(1, 0) == ["Worth a look: 1 pair of people who may be one."]
    assert doubts(0, 1) == ["Worth a look: 1 person who may be several."]
    assert doubts(3, 2) == [
        "Worth a look: 3 pairs of people who may be one, 2 people who may be several."
    ]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "60 photos (none), "),
        (1, "60 photos, 1 of them a copy (none), "),
        (40, "60 photos, 40 of them copies (none), "),
    ],
)
def test_copies_are_said_where_there_are_any(
    capsys: pytest.CaptureFixture[str], count: int, said: str
) -> None:
    report = build_report(Path("/photos"), [], make_faces([]), make_grouping([], []), RUN)
    found = replace(report, summary=replace(report.summary, photos=60, copies=count))
    show_people(found, Path("/out"), dry_run=False, verbose=False)
    assert capsys.readouterr().out.startswith(said)
