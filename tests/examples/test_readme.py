"""README's transcripts of the demo album, run as they are written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from tests.support.checkout import ROOT

SECTIONS = ("What it looks like", "New photos", "Names and corrections", "digiKam, Lightroom")


def transcripts() -> list[tuple[str, str]]:
    """Each command with what it prints, in the order of the page."""
    page = (ROOT / "README.md").read_text("utf-8")
    found = []
    for title in SECTIONS:
        section = page.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]
        for block in re.findall(r"^```\n(\$ .*?)^```$", section, re.DOTALL | re.MULTILINE):
            for part in block.split("$ ")[1:]:
                command, _, told = part.partition("\n")
                found.append((command, told))
    return found


def holiday(album: Path, place: Path) -> None:
    """A photo that is not in the album: a portrait held otherwise, in other light."""
    with Image.open(album / "grace" / "portrait.jpg") as picture:
        turned = picture.rotate(6, resample=Image.Resampling.BICUBIC)
    part = turned.crop((30, 10, turned.width - 20, turned.height - 60))
    ImageEnhance.Brightness(part).enhance(1.15).save(place, quality=92)


def plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_transcripts_are_what_is_printed(tmp_path: Path) -> None:
    if shutil.which("exiftool") is None and "CI" not in os.environ:
        pytest.skip("needs the program exiftool")
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {"HOME": str(home), "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    script = [sys.executable, str(ROOT / "examples" / "make_album.py"), "Album"]
    subprocess.run(script, cwd=tmp_path, env=environment, check=True, capture_output=True)
    holiday(tmp_path / "Album", home / "holiday.jpg")
    ours = f"{shlex.quote(sys.executable)} -m facecluster"
    commands = transcripts()
    assert len(commands) >= 9
    for command, told in commands:
        run = re.sub(r"^facecluster\b", ours.replace("\\", r"\\"), command)
        options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
        done = subprocess.run(run, shell=True, check=False, **options)
        printed = (done.stdout + done.stderr).replace(str(tmp_path), "/home/you")
        if "--quiet" in command:
            printed = ""
        assert plain(printed) == plain(told), command
