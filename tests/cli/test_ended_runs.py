"""A photo that ends a run does so once or twice: then the album is read without it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")

ODD = (901, 607)  # the size of the photo that ends runs
# A library that does not bear pictures of that size: OpenCV, which only this process loads, or the
# decoder, which the process for suspicious photos has without the fault.
CODE = """
import os, signal, sys
import cv2
from PIL import ImageFile
where, end = sys.argv.pop(1), getattr(signal, sys.argv.pop(1))
resize, load = cv2.resize, ImageFile.ImageFile.load
def resized(pixels, *rest, **more):
    if where == "looking" and pixels.shape[:2] == (607, 901):
        os.kill(os.getpid(), end)
    return resize(pixels, *rest, **more)
def loaded(picture):
    if where == "decoding" and picture.size == (901, 607):
        os.kill(os.getpid(), end)
    return load(picture)
cv2.resize, ImageFile.ImageFile.load = resized, loaded
from facecluster.cli.main import main
main()
"""


@pytest.fixture
def odd(party: Path) -> Path:
    Image.new("RGB", ODD, (90, 120, 40)).save(party / "odd.jpg")
    return party


def run(party: Path, where: str = "", end: str = "SIGSEGV", *options: str) -> int:
    command = [sys.executable, "-c", CODE, where, end, "group", str(party), "-q", *options]
    return subprocess.run(command, check=False, timeout=120, capture_output=True).returncode


def report(party: Path) -> Any:
    return json.loads((party.with_name("party-people") / "report.json").read_text())


def own_files(party: Path) -> set[str]:
    return set(os.listdir(party.with_name("party-people") / ".facecluster"))


def test_a_decoder_that_crashes_ends_one_run(odd: Path) -> None:
    """The next one reads the photo in another process, where that decoder is sound."""
    assert run(odd, "decoding") == -signal.SIGSEGV
    assert "in-work" in own_files(odd)
    assert run(odd, "decoding") == 0
    assert report(odd)["summary"]["people"] == 2
    assert report(odd)["failures"] == []
    assert own_files(odd) == {"index.db", "manifest.json", "thumbnails"}


def test_what_crashes_behind_the_decoder_ends_two(odd: Path) -> None:
    """At the second time it was in work alone, and everything else had been read."""
    for _ in range(2):
        assert run(odd, "looking") == -signal.SIGSEGV
    assert run(odd, "looking") == 3
    (failure,) = report(odd)["failures"]
    assert failure["path"] == "odd.jpg"
    assert failure["reason"] == "it ended the last 2 runs; left out until it is reread"
    assert report(odd)["summary"]["people"] == 2
    assert run(odd, "looking", "SIGSEGV", "--reread", "odd.jpg") == -signal.SIGSEGV
    assert run(odd, "looking") == 3
    assert run(odd, "", "SIGSEGV", "--reread", "odd.jpg") == 0
    assert own_files(odd) == {"index.db", "manifest.json", "thumbnails"}
    assert report(odd)["failures"] == []


def test_a_kill_blames_nobody_for_long(odd: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert run(odd, "looking", "SIGKILL") == -signal.SIGKILL
    assert run(odd) == 0
    assert own_files(odd) == {"index.db", "manifest.json", "thumbnails"}
    after_kills = report(odd)
    assert run(odd, "", "SIGKILL", "--out", str(tmp_path / "fresh")) == 0
    fresh = json.loads((tmp_path / "fresh" / "report.json").read_text())
    for part in ("summary", "people", "photos", "faces"):
        assert after_kills[part] == fresh[part]
