"""The library example runs as written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def example(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "examples" / "use_the_library.py", *arguments]
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_two_people_who_are_seen_together(tmp_path: Path) -> None:
    maker = ROOT / "examples" / "make_album.py"
    subprocess.run([sys.executable, maker, tmp_path / "Album"], check=True, capture_output=True)
    done = example(tmp_path / "Album")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["person 1", "person 2"]
    assert lines[2].startswith("persons 1 and 2: ")
    assert not (tmp_path / "Album-people" / "people").exists()


def test_mistakes_are_sentences(tmp_path: Path) -> None:
    assert example().returncode == 2
    done = example(tmp_path / "nowhere")
    assert done.returncode == 2
    assert "no such folder" in done.stdout
    assert "Traceback" not in done.stderr
