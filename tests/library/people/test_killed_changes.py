"""Names and corrections outlive a kill at any call that writes: no change that was made is lost."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.library.people.document import load, save
from facecluster.library.people.journal import UndoError, record, undo
from facecluster.library.people.records import KnownPerson, People
from tests.support import corrections
from tests.support.kills import drawn, killed, points

KILLS = int(os.environ.get("KILLS", "20"))
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or (shutil.which("strace") is None and "CI" not in os.environ),
    reason="needs Linux and the program strace",
)


def plain(people: People) -> People:
    """Without numbers that were given: these are never taken back."""
    return replace(people, last=0)


@pytest.mark.parametrize("own", ["", "# my own words\n"])
def test_killed_anywhere_it_is_as_before_or_after_the_change(tmp_path: Path, own: str) -> None:
    stacks = corrections.stacks()
    among = points(program(begun(tmp_path / "whole", own), tmp_path / "done"), tmp_path / "log")
    assert plain(load(tmp_path / "whole")) == plain(stacks[-1][-1])
    died = 0
    for point in drawn(among, KILLS // 2, seed=len(own)):
        out, done = begun(tmp_path / f"{point.call}-{point.nth}", own), tmp_path / str(point)
        died += killed(program(out, done), point)
        made = len(done.read_bytes()) if done.exists() else 0
        now = plain(load(out))
        near = [plain(stack[-1]) for stack in stacks[made : made + 2]]
        assert now in near, point
        assert not own or own in (out / "people.toml").read_text(), point
        all_is_taken_back(out, stacks[made + near.index(now)])
        assert [p.name for p in out.rglob("*.tmp")] == [], point
    assert died >= 0.8 * (KILLS // 2)


def begun(out: Path, own: str) -> Path:
    """An output folder, with a file that somebody began by hand."""
    out.mkdir()
    if own:
        (out / "people.toml").write_text(f"{own}version = 1\n")
    return out


def program(out: Path, done: Path) -> list[str]:
    return [sys.executable, corrections.__file__, str(out), str(done)]


def all_is_taken_back(out: Path, stack: list[People]) -> None:
    """Step by step, also after one more change."""
    more = replace(stack[-1], people={**stack[-1].people, 9: KnownPerson(9, "Cy")}, last=9)
    record(out, load(out), more, "one more")
    save(out, more)
    for before in reversed(stack):
        undo(out)
        assert plain(load(out)) == plain(before)
    with pytest.raises(UndoError, match="nothing to take back"):
        undo(out)
