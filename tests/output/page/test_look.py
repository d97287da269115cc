"""The page's section of doubts: the right people, links that lead somewhere, marks, names."""

from __future__ import annotations

import pytest

from facecluster.output.page.look import FACES_EACH, MIXED_SHOWN, PAIRS_SHOWN, look_view
from facecluster.output.page.render import render_page
from facecluster.output.page.text import Links, in_percent
from facecluster.output.page.tiles import Tiles
from facecluster.output.page.view import page_view
from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.people import Identities
from tests.support.made_albums import RUN, make_confidence, make_faces, make_grouping
from tests.support.pages import HOSTILE, Reader


def report_of(tmp_path, labels, people, pairs=(), faces=(), names=()):
    photos = [PhotoRow(f"{i}.jpg", str(i), 1, 40, 30) for i in range(len(labels))]
    reasons = [Reason.ALONE if x < 0 else Reason.PLACED for x in labels]
    grouping = make_confidence(make_grouping(labels, reasons), people, pairs, faces)
    return build_report(
        tmp_path / "p",
        photos,
        make_faces(range(len(labels))),
        grouping,
        RUN,
        who=Identities.by_rank(grouping.people, names),
    )


def page_of(tmp_path, report):
    return render_page(report, tmp_path / "o").decode("utf-8")


def sections(html):
    """What lies between each pair of section tags, by the section's id."""
    return {part.split('"', 1)[0]: part for part in html.split('<section id="')[1:]}


def test_both_lists_are_shown_in_their_order(tmp_path):
    labels = [0, 0, 0, 1, 1, 2, 2]
    pairs = [(0, 1, 0.26), (1, 2, 0.81)]
    faces = [0.7, 0.2, 0.45]
    report = report_of(tmp_path, labels, [0.3, 0.95, 0.6], pairs, faces)
    look = page_view(report, tmp_path / "o").look
    assert [[p.label for p in pair.people] for pair in look.pairs] == [
        ["Person 2", "Person 3"],
        ["Person 1", "Person 2"],
    ]
    assert [pair.chance for pair in look.pairs] == ["81 %", "26 %"]
    assert [entry.person.label for entry in look.mixed] == ["Person 1", "Person 3"]
    assert [entry.chance for entry in look.mixed] == ["70 %", "40 %"]
    assert [tile.photo for tile in look.mixed[0].tiles] == ["1.jpg", "2.jpg", "0.jpg"]
    assert look.count == 4
    html = sections(page_of(tmp_path, report))["look"]
    assert html.index("81 %") < html.index("26 %") < html.index("70 %") < html.index("40 %")


def test_doubtful_faces_are_marked_wherever_they_are(tmp_path):
    report = report_of(tmp_path, [0, 0, 0, -1], [0.3], faces=[0.49, 0.5, 0.9])
    html = page_of(tmp_path, report)
    marked = [a for a in Reader(html).all("a") if "doubt" in (a.get("class") or "").split()]
    assert [a["data-photo"] for a in marked] == ["0.jpg", "0.jpg"]  # in the person, in the list
    assert "bear a question mark" in html
    assert "49 % sure" in marked[0]["data-facts"]


def test_links_lead_to_people_on_the_page(tmp_path):
    labels = [0, 0, 1, 1, 2, 2]
    report = report_of(tmp_path, labels, [0.9, 0.9, 0.1], [(0, 1, 0.5), (1, 2, 0.4)])
    page = Reader(page_of(tmp_path, report))
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = [a["href"] for a in page.all("a") if a.get("class") == "someone"]
    assert links == [f"#person-{i}" for i in (1, 2, 2, 3, 3)]
    assert {link[1:] for link in links} <= ids
    tiles = Tiles(report, Links(tmp_path / "o", tmp_path / "p"))
    look = look_view(report, tiles, sections=2)  # the third person has no section to lead to
    assert [p.href for p in look.pairs[1].people] == ["#person-2", None]
    assert look.mixed[0].person.href is None


def test_what_is_not_shown_is_counted(tmp_path):
    people = PAIRS_SHOWN + 10
    labels = [*range(people)] + [0] * (FACES_EACH + 5)
    pairs = [(0, i, 0.5) for i in range(1, people)]
    report = report_of(tmp_path, labels, [0.1] * people, pairs)
    look = page_view(report, tmp_path / "o").look
    assert (len(look.pairs), look.pairs_more) == (PAIRS_SHOWN, people - 1 - PAIRS_SHOWN)
    assert (len(look.mixed), look.mixed_more) == (MIXED_SHOWN, people - MIXED_SHOWN)
    first = look.mixed[0]
    assert len(first.tiles) + first.more == report.people[0].face_count
    html = page_of(tmp_path, report)
    assert f"… and {look.pairs_more} more pairs: see report.json" in html
    assert f"… and {look.mixed_more} more: see report.json" in html


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_people_stay_text(tmp_path, name):
    args = (tmp_path, [0, 0, 1, 1], [0.1, 0.9], [(0, 1, 0.5)])
    seen = Reader(page_of(tmp_path, report_of(*args, names=[name])))
    calm = Reader(page_of(tmp_path, report_of(*args, names=["Ann"])))
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in calm.tags]
    assert [sorted(a) for _, a in seen.tags] == [sorted(a) for _, a in calm.tags]


def test_without_doubts_the_section_is_left_out(tmp_path):
    sure = page_of(tmp_path, report_of(tmp_path, [0, 0], [0.99]))
    assert "look" in sections(page_of(tmp_path, report_of(tmp_path, [0, 0], [0.1])))
    assert "look" not in sections(sure)
    assert "bear a question mark" not in sure


def test_a_chance_is_never_quite_sure():
    chances = (0.0, 0.009, 0.01, 0.255, 0.5, 0.99, 0.9901, 1.0)
    assert [in_percent(c) for c in chances] == [
        *("under 1 %", "under 1 %", "1 %", "26 %", "50 %", "99 %", "over 99 %", "over 99 %")
    ]
