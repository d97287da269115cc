"""Ctrl-C while photos are read, and readers of our output who have seen enough."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import process

# Reading is made slow, so that the signal comes in the middle of it.
SLOW = """
import os, sys, time
plain = os.open
def slowly(path, *rest, **more):
    if os.fspath(path).endswith(".jpg"):
        time.sleep(0.3)
        print("reading", file=sys.stderr, flush=True)
    return plain(path, *rest, **more)
os.open = slowly
from facecluster.cli.main import main
main()
"""
# The clock runs a hundred times as fast, so that every photo is stored at once.
HASTY = "import time\nclock = time.monotonic\ntime.monotonic = lambda: 100 * clock()\n"


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process")
def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(party: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SLOW, "group", str(party), "--threads", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stderr is not None
        for _ in range(3):  # the first two are then stored
            assert running.stderr.readline() == b"reading\n"
        running.send_signal(signal.SIGINT)
        started = time.monotonic()
        stdout, stderr = running.communicate(timeout=60)
        assert time.monotonic() - started < 20
    assert running.returncode == 130
    assert stdout == b""
    lines = [line for line in stderr.decode().splitlines() if line not in ("reading", "")]
    assert lines == ["Interrupted. Run the same command again to go on where it stopped."]
    assert not (tmp_path / "party-people" / "report.html").exists()
    second = subprocess.run(
        [*command, "--json"], capture_output=True, text=True, check=False, timeout=60
    )
    assert second.returncode == 0
    assert json.loads(second.stdout)["summary"]["people"] == 2
    assert second.stderr.count("reading") <= 4  # of six


def test_a_killed_run_goes_on_too(party: Path) -> None:
    command = [sys.executable, "-c", HASTY + SLOW, "group", str(party), "--threads", "1", "--json"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        assert running.stderr is not None
        for _ in range(4):
            assert running.stderr.readline() == b"reading\n"
        running.kill()
    assert running.returncode not in (0, 1, 2, 3, 130)
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 0
    assert json.loads(second.stdout)["summary"]["people"] == 2
    assert second.stderr.count("reading") <= 4  # of six


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently there")
@pytest.mark.parametrize("options", [[], ["--json"], ["--verbose"]])
def test_whoever_reads_along_may_leave(party: Path, options: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = process("group", party, "--link", "none", *options, stdout=writer)
    finally:
        os.close(writer)
    assert done.returncode == 1
    assert done.stderr == ""
    assert (party.with_name("party-people") / "report.html").is_file()
