"""The notes of what is in work: who is blamed by the next run, and for how long."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.guard.in_work import IN_WORK, LEFT_OUT, Blame, Forbearance, InWork

A, B, C = "a" * 32, "b" * 32, "0123456789abcdef" * 2


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / ".facecluster").mkdir()
    return tmp_path


def left(out: Path, *digests: str, crashed: bool = False) -> None:
    """What a run leaves that ended with these photos in work."""
    text = "".join(f"{digest}\n" for digest in (*digests, " " * 32))
    (out / IN_WORK).write_text(text + ("Fatal Python error\n" if crashed else ""))


def files(out: Path) -> list[str]:
    return sorted(os.listdir(out / ".facecluster"))


def test_a_run_that_ends_leaves_nothing(out: Path) -> None:
    with InWork(out, 2) as notes, notes.on(A):
        assert notes.blame(A) is None
        assert files(out) == ["in-work"]
        assert (out / IN_WORK).stat().st_mode & 0o077 == 0
    assert files(out) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, GeneratorExit])
def test_neither_does_one_that_ends_by_an_error(error: type[BaseException], out: Path) -> None:
    with pytest.raises(error), InWork(out, 2) as notes, notes.on(A):
        raise error
    assert files(out) == []


def test_only_what_was_in_work_is_blamed(out: Path) -> None:
    notes = InWork(out, 2)
    with notes:
        with notes.on(A), notes.on(B), notes.on(C):  # more than it was told of: one goes unnoted
            while_running = (out / IN_WORK).read_text()
        with notes.on(C):
            at_last = (out / IN_WORK).read_text()
    assert {A, B} <= set(while_running.split())
    assert at_last.split() == [C]
    (out / IN_WORK).write_text(while_running)
    with InWork(out, 1) as again:
        assert again.blame(A) == Blame(kills=1)
        assert again.blame(C) is None


def test_a_photo_that_is_read_is_not_blamed_any_more(out: Path) -> None:
    left(out, A, B)
    with InWork(out, 1) as notes:
        assert files(out) == ["in-work", "left-out"]  # kept, should this run end as well
        assert notes.blame(A) == notes.blame(B) == Blame(kills=1)
        notes.clear(A)
    with InWork(out, 1) as notes:
        assert notes.blame(A) is None
        assert notes.blame(B) == Blame(kills=1)
        notes.clear(B)
    assert files(out) == []


def test_photos_that_are_gone_are_forgotten(out: Path) -> None:
    left(out, A, B)
    with InWork(out, 1) as notes:
        notes.blame(A)
    assert (out / LEFT_OUT).read_text().split()[0] == A
    with InWork(out, 1):
        pass
    assert files(out) == []


def test_blame_adds_up_while_runs_end(out: Path) -> None:
    for times in range(1, 4):
        left(out, A, crashed=True)
        with InWork(out, 1) as notes:
            assert notes.blame(A) == Blame(crashes=times)
    left(out, A)
    with InWork(out, 1) as notes:
        assert notes.blame(A) == Blame(crashes=3, kills=1)


@pytest.mark.parametrize(
    ("blame", "left_out"),
    [
        (Blame(crashes=1), False),
        (Blame(crashes=2), True),
        (Blame(kills=5), False),
        (Blame(kills=6), True),
        (Blame(crashes=1, kills=5), False),
    ],
)
def test_from_when_on_a_photo_is_left_out(blame: Blame, left_out: bool) -> None:
    reason = Forbearance().reason(blame)
    assert bool(reason) is left_out
    if left_out:
        runs = max(blame.crashes, blame.kills)
        assert reason == f"it ended the last {runs} runs; left out until it is reread"


@given(notes=st.binary(max_size=300), kept=st.binary(max_size=300))
def test_whatever_stands_there_is_no_error(
    notes: bytes, kept: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("out")
    (out / ".facecluster").mkdir()
    (out / IN_WORK).write_bytes(notes)
    (out / LEFT_OUT).write_bytes(kept)
    with InWork(out, 1) as found:
        assert all(len(name) == 32 for name in found.blamed)
    assert files(out) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", [IN_WORK, LEFT_OUT])
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_in_its_place_leads_nowhere(name: str, link: object, out: Path) -> None:
    mine = out / "mine.jpg"
    mine.write_bytes(b"mine")
    left(out, A)
    (out / name).unlink(missing_ok=True)
    link(mine, out / name)  # type: ignore[operator]
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), InWork(out, 1) as notes, notes.on(B):
            raise KeyboardInterrupt
    assert mine.read_bytes() == b"mine"


def test_where_nothing_can_be_written_the_run_goes_on(tmp_path: Path) -> None:
    with InWork(tmp_path / "none", 1) as notes, notes.on(A):
        assert notes.blame(A) is None


def test_a_note_costs_microseconds(out: Path) -> None:
    with InWork(out, 1) as notes:
        best = 1.0
        for _ in range(5):
            started = time.perf_counter()
            for _ in range(200):
                with notes.on(A):
                    pass
            best = min(best, (time.perf_counter() - started) / 200)
    assert best < 200e-6  # 10 where the machine has nothing else to do


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize(("end", "blame"), [("SEGV", Blame(crashes=1)), ("KILL", Blame(kills=1))])
def test_a_crash_is_told_from_a_kill(end: str, blame: Blame, out: Path) -> None:
    code = (
        "import os, signal, sys, pathlib\n"
        "from facecluster.guard.in_work import InWork\n"
        f"with InWork(pathlib.Path({str(out)!r}), 2) as notes, notes.on('{A}'):\n"
        f"    os.kill(os.getpid(), signal.SIG{end})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode < 0
    with InWork(out, 1) as notes:
        assert dict(notes.blamed) == {A: blame}
