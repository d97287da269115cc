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

from tests.support.commands import process

# Opening a photo is made slow, so that the signal comes in the middle of reading.
CODE = """
import os, sys, time
plain, seconds = os.open, float(sys.argv.pop(1))
def slowly(path, *rest, **more):
    if "/party/" in os.fspath(path):  # a photo, and no copy or thumbnail
        time.sleep(seconds)
        print("opening", file=sys.stderr, flush=True)
    return plain(path, *rest, **more)
os.open = slowly
from facecluster.cli.main import main
main()
"""


def slow(party: Path, seconds: float) -> list[str]:
    """A command that groups the party one photo after the other, each that late."""
    options = ["--threads=1", "--json", "--link=none"]  # a copy would be one more opened
    return [sys.executable, "-c", CODE, str(seconds), "group", str(party), *options]


def opened_again(party: Path) -> int:
    """How many of the six photos the next run opens; it finds the two people."""
    done = subprocess.run(slow(party, 0), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert json.loads(done.stdout)["summary"]["people"] == 2
    return done.stderr.count("opening")


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process")
def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(party: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        slow(party, 0.3), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stderr is not None
        for _ in range(3):  # the first two are then stored
            assert running.stderr.readline() == b"opening\n"
        running.send_signal(signal.SIGINT)
        started = time.monotonic()
        stdout, stderr = running.communicate(timeout=60)
        assert time.monotonic() - started < 20
    assert running.returncode == 130
    assert stdout == b""
    lines = [line for line in stderr.decode().splitlines() if line not in ("opening", "")]
    assert lines == ["Interrupted. Run the same command again to go on where it stopped."]
    assert not (tmp_path / "party-people" / "report.html").exists()
    assert opened_again(party) <= 4


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process")
def test_ctrl_c_does_not_wait_for_a_photo_that_takes_long(party: Path, tmp_path: Path) -> None:
    """A decoder cannot be interrupted: here it would be at work for a minute more."""
    command = slow(party, 60)
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        index = tmp_path / "party-people" / ".facecluster" / "index.db"
        while not index.exists():
            time.sleep(0.05)
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        started = time.monotonic()
        _, stderr = running.communicate(timeout=30)
        assert time.monotonic() - started < 10  # about half a second where nothing else is done
    assert running.returncode == 130
    assert stderr == b"Interrupted. Run the same command again to go on where it stopped.\n"
    assert "in-work" not in os.listdir(index.parent)
    assert opened_again(party) == 6


def test_a_killed_run_goes_on_too(party: Path) -> None:
    """What was read is stored every two seconds, so the first two photos are safe by the fourth.

    The one that was in work is put off, and opened once more when all others are read.
    """
    with subprocess.Popen(
        slow(party, 1.1), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as running:
        assert running.stderr is not None
        for _ in range(4):
            assert running.stderr.readline() == b"opening\n"
        running.kill()
    assert running.returncode not in (0, 1, 2, 3, 130)
    assert opened_again(party) <= 5


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
