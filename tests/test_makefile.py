"""`make help` names every target, and no other."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.support.sources import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def targets() -> set[str]:
    """What .PHONY lists, over any number of lines."""
    lists = re.findall(r"^\.PHONY:((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    return set(" ".join(lists).replace("\\", " ").split())


def explained(text: str) -> set[str]:
    return set(re.findall(r"^make (\w+)", text, re.MULTILINE))


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("goal", [[], ["help"]], ids=str)
def test_help_explains_every_target(goal: list[str]) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", *goal],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert explained(done.stdout) == targets()
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_the_targets_are_those_with_a_recipe() -> None:
    own = set(re.findall(r"^([a-z]\w*):", MAKEFILE, re.MULTILINE))
    assert targets() == own >= {"help", "group", "test", "ci"}


def test_a_target_without_a_line_would_be_noticed() -> None:
    assert explained("make group PHOTOS=x   group\nmake test    all\nno make here\n") == {
        "group",
        "test",
    }
