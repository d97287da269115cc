"""Whole runs beside others: readers of the index, second runs, dry runs, and killed ones."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.library.index import FILE
from facecluster.library.run_lock import who_holds
from tests.support.commands import run_here
from tests.support.group_runs import Group, everything, partition, to

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")


@contextmanager
def stopped_run(root: Path, out: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run in another process, which has its lock and is stopped until it is told to go on."""
    command = [sys.executable, "-m", "facecluster", "group", str(root), "-o", str(out), "-q"]
    with subprocess.Popen([*command, *options]) as run:
        try:
            while who_holds(out) is None:
                assert run.poll() is None
                time.sleep(0.005)
            run.send_signal(signal.SIGSTOP)
            yield run
        finally:
            run.kill()


def own_files(out: Path) -> set[str]:
    return set(os.listdir(out / ".facecluster")) - {"manifest.json", "thumbnails"}


@pytest.mark.parametrize("again", [False, True], ids=["first run", "later run"])
def test_a_second_run_ends_at_once_and_changes_nothing(
    party: Path, tmp_path: Path, open_models: object, again: bool
) -> None:
    out = tmp_path / "out"
    arguments = ("group", party, "-o", out)
    if again:
        assert run_here(*arguments, obj=open_models).exit_code == 0
        (party / "sea.jpg").unlink()
    with stopped_run(party, out) as run:
        before = everything(out)
        second = run_here(*arguments, obj=open_models)
        assert second.exit_code == 1
        assert f"in use by another facecluster run (process {run.pid} on " in second.stderr
        dry = run_here(*arguments, "--dry-run", "--json", obj=open_models)
        assert dry.exit_code == 0
        assert everything(out) == before
        run.send_signal(signal.SIGCONT)
        assert run.wait() == 0
    assert own_files(out) == {"index.db"}
    assert (
        json.loads(dry.stdout)["people"] == json.loads((out / "report.json").read_text())["people"]
    )


def test_a_run_that_is_killed_stands_in_nobodys_way(
    party: Path, tmp_path: Path, open_models: object
) -> None:
    out = tmp_path / "out"
    with stopped_run(party, out) as run:
        run.kill()
    assert (out / FILE).with_name("run.lock").exists()
    assert who_holds(out) is None
    assert run_here("check", out).exit_code in (0, 1, 2)
    assert run_here("group", party, "-o", out, obj=open_models).exit_code == 0
    assert own_files(out) == {"index.db"}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["beside", "elsewhere"])
def test_a_reader_is_there_during_a_whole_run(
    party: Path, tmp_path: Path, group: Group, elsewhere: bool
) -> None:
    out, index = tmp_path / "out", tmp_path / "local"
    settings = to(out, link="copy")
    if elsewhere:
        settings = replace(settings, output=replace(settings.output, index=index))
    db = index / "index.db" if elsewhere else out / FILE
    portrait = (party / "grace.jpg").read_bytes()
    (party / "grace.jpg").unlink()
    group(party, settings)
    with closing(sqlite3.connect(db, timeout=0)) as reader:
        rows = reader.execute("SELECT digest FROM face, photo USING (digest) ORDER BY path")
        first = rows.fetchone()
        assert first is not None
        (party / "grace.jpg").write_bytes(portrait)
        (party / "sea.jpg").unlink()
        report = group(party, settings)
        group(party, replace(settings, cluster=replace(settings.cluster, method="hdbscan")))
        group(party, settings)
        before = len([first, *rows])
        (now,) = reader.execute("SELECT count(*) FROM face").fetchone()
        assert before < now == len(report.faces)
    fresh = group(party, to(tmp_path / "fresh", link="copy"))
    assert partition(report) == partition(fresh)
    group(party, settings)
    assert own_files(out) == (set() if elsewhere else {"index.db"})
    assert not elsewhere or os.listdir(index) == ["index.db"]
