"""All changes can be taken back, to the beginning, and a kill loses none."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facecluster.library.people.document import load, save
from facecluster.library.people.journal import FILE, UndoError, record, undo
from facecluster.library.people.records import KnownPerson, People
from tests.support.made_people import face, people


def change(out: Path, after: People, command: str) -> None:
    record(out, load(out), after, command)
    save(out, after)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(st.lists(people(), min_size=1, max_size=4))
def test_back_to_the_beginning(tmp_path_factory, states: list[People]) -> None:
    out = tmp_path_factory.mktemp("out")
    history = [load(out)]
    for number, state in enumerate(states):
        if replace(state, last=0) != replace(history[-1], last=0):
            change(out, state, f"change {number}")
            history.append(state)
    for before in history[-2::-1]:
        undo(out)
        # Only numbers are not taken back: they are never given again.
        assert replace(load(out), last=0) == replace(before, last=0)
    with pytest.raises(UndoError, match="nothing to take back"):
        undo(out)


ONE = People({14: KnownPerson(14, "Zoë", confirmed=(face(1),))}, last=14)
TWO = People({14: KnownPerson(14, "Zoe", confirmed=(face(1),))}, last=14)


def test_several_at_once_and_in_words(tmp_path: Path) -> None:
    change(tmp_path, ONE, "name 14 Zoë")
    change(tmp_path, TWO, "name 14 Zoe")
    assert undo(tmp_path, 2) == ["name 14 Zoe", "name 14 Zoë"]
    assert load(tmp_path).people == {}
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_kill_before_the_file_was_written_made_no_change(tmp_path: Path) -> None:
    change(tmp_path, ONE, "name 14 Zoë")
    record(tmp_path, ONE, TWO, "name 14 Zoe")  # and then the lights went out
    assert undo(tmp_path) == ["name 14 Zoë"]
    assert load(tmp_path).people == {}


def test_a_line_that_was_cut_short_is_no_change(tmp_path: Path) -> None:
    change(tmp_path, ONE, "name 14 Zoë")
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"command": "name 14 Zoe", "parts": {"pers')
    change(tmp_path, TWO, "name 14 Zoe again")
    assert undo(tmp_path, 2) == ["name 14 Zoe again", "name 14 Zoë"]


def test_what_was_edited_since_is_not_overwritten(tmp_path: Path) -> None:
    change(tmp_path, ONE, "name 14 Zoë")
    save(tmp_path, TWO)  # as by an editor
    with pytest.raises(UndoError, match="edited since 'name 14 Zoë'"):
        undo(tmp_path)
    assert load(tmp_path) == TWO


def test_an_edit_elsewhere_does_not_matter(tmp_path: Path) -> None:
    change(tmp_path, ONE, "name 14 Zoë")
    other = KnownPerson(15, "Ann")
    save(tmp_path, replace(ONE, people={**ONE.people, 15: other}, last=15))
    undo(tmp_path)
    assert load(tmp_path).people == {15: other}


def test_no_change_leaves_no_line(tmp_path: Path) -> None:
    record(tmp_path, ONE, ONE, "nothing")
    assert not (tmp_path / FILE).exists()
    change(tmp_path, ONE, "name")
    lines = [json.loads(x) for x in (tmp_path / FILE).read_text().splitlines() if x]
    assert [line["command"] for line in lines] == ["name"]
