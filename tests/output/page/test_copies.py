"""The page says what is a copy of what, whatever the names are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.output.page.render import render_page
from facecluster.records import Copies, PhotoRow, Reason
from facecluster.report.build import build_report
from tests.support.made_albums import RUN, make_faces, make_grouping
from tests.support.pages import HOSTILE, Reader


def page_of(names: list[str], copies: bool) -> str:
    """Photos with a face of one person each; the first is the largest and the others its copies."""
    photos = [PhotoRow(name, f"{i:032}", 9, 400 - i, 300) for i, name in enumerate(names)]
    grouping = make_grouping([0] * len(names), [Reason.PLACED] * len(names))
    if copies:
        same = np.zeros(len(names), np.int32)
        grouping = replace(grouping, copies=Copies(same, same))
    report = build_report(Path("/Photos"), photos, make_faces(range(len(names))), grouping, RUN)
    return render_page(report, Path("/out")).decode("utf-8")


def test_copies_are_counted_marked_and_listed() -> None:
    text = page_of(["a.jpg", "small.jpg", "tiny.jpg"], copies=True)
    page = Reader(text)
    assert "3 photos, 2 of them copies, looked at" in " ".join(text.split())
    assert [a["data-facts"].count("copy of a.jpg") for a in page.all("a") if "data-facts" in a] == [
        0, 1, 1,
    ]  # fmt: skip
    assert [d["id"] for d in page.all("details") if d.get("id") == "copy"] == ["copy"]
    assert text.count("copy of a.jpg</span>") == 2


def test_one_copy_is_one() -> None:
    assert "2 photos, 1 of them a copy, looked at" in page_of(["a.jpg", "b.jpg"], copies=True)


def test_without_copies_nothing_is_said_of_them() -> None:
    text = page_of(["a.jpg", "b.jpg"], copies=False)
    assert "copy of" not in text
    assert 'id="copy"' not in text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    plain, hostile = (Reader(page_of([n, "b.jpg"], copies=True)) for n in ("plain.jpg", name))
    for tag in ("script", "img", "a", "li", "details"):
        assert len(hostile.all(tag)) == len(plain.all(tag))
