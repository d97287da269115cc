"""The page's section of what is otherwise than before."""

from __future__ import annotations

import pytest

from facecluster.output.page.changed import MOVED_SHOWN
from facecluster.output.page.render import render_page
from facecluster.output.page.view import page_view
from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.people import Identities
from facecluster.report.records import Changes, Gone, Moved, Waiting
from tests.support.made_albums import RUN, make_faces, make_grouping
from tests.support.pages import HOSTILE, Reader


def report_of(tmp_path, changes, name="Zoë"):
    photos = [PhotoRow(f"{n}.jpg", str(n), 1, 40, 30) for n in range(4)]
    grouping = make_grouping([0, 0, 1, -1], [*[Reason.PLACED] * 3, Reason.ALONE])
    who = Identities((14, 47), (name, None), changes=changes)
    return build_report(tmp_path / "p", photos, make_faces(range(4)), grouping, RUN, who=who)


def test_without_changes_there_is_no_section(tmp_path) -> None:
    page = render_page(report_of(tmp_path, None), tmp_path / "o").decode()
    assert 'id="changed"' not in page


def test_moves_say_from_whom_to_whom(tmp_path) -> None:
    moves = (Moved(0, 47, 14), Moved(2, 9, 47), Moved(3, 14, None))
    changes = Changes(0, moved=moves, gone=(Gone(9, 47),))
    view = page_view(report_of(tmp_path, changes), tmp_path / "o").changed
    assert view is not None
    assert [(m.before, m.now, m.href) for m in view.moved] == [
        ("person-047", "Zoë", "#person-14"),
        ("person-009", "person-047", "#person-47"),
        ("Zoë", "nobody", None),
    ]
    page = render_page(report_of(tmp_path, changes), tmp_path / "o").decode()
    assert 'id="changed"' in page
    assert 'id="person-14"' in page


def test_long_lists_are_cut(tmp_path) -> None:
    moves = tuple(Moved(0, 47, 14) for _ in range(MOVED_SHOWN + 7))
    view = page_view(report_of(tmp_path, Changes(0, moved=moves)), tmp_path / "o").changed
    assert view is not None
    assert (len(view.moved), view.moved_more) == (MOVED_SHOWN, 7)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(tmp_path, name) -> None:
    waiting = (Waiting("k", name, "is " + name),)
    changes = Changes(1, moved=(Moved(0, 47, 14),), waiting=waiting)
    seen = Reader(render_page(report_of(tmp_path, changes, name), tmp_path / "o").decode())
    calm_changes = Changes(1, moved=(Moved(0, 47, 14),), waiting=(Waiting("k", "a", "is b"),))
    calm = Reader(render_page(report_of(tmp_path, calm_changes), tmp_path / "o").decode())
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in calm.tags]
    assert [sorted(a) for _, a in seen.tags] == [sorted(a) for _, a in calm.tags]
