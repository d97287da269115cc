"""A run that is killed at any call that writes, and a plain one after it, end as one unbroken run.

KILLS=200 asks for more than the usual twenty (make soak).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.group_runs import state
from tests.support.kills import command, differences, drawn, end_of, killed, points, put_back
from tests.support.stories import NAMES, Story, group, stories

__all__ = ["stories"]

KILLS = int(os.environ.get("KILLS", "20"))
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or (shutil.which("strace") is None and "CI" not in os.environ),
    reason="needs Linux and the program strace",
)


@pytest.mark.parametrize("name", NAMES)
def test_killed_anywhere_the_next_run_ends_as_an_unbroken_one(
    name: str, stories: dict[str, Story], tmp_path: Path, open_models: object
) -> None:
    story = stories[name]
    root, out, saved = tmp_path / "party", tmp_path / "out", tmp_path / "saved"
    story.begin(root, out, open_models)
    if out.exists():
        shutil.copytree(out, saved)
    originals = state(root)
    run = command(root, out, *story.options)
    among = points(run, tmp_path / "log")
    whole = end_of(out)
    assert whole.health == []
    wrong, died = [], 0
    chosen = list(drawn(among, KILLS // len(NAMES), seed=NAMES.index(name)))
    for point in chosen:
        put_back(saved, out)
        died += killed(run, point)
        group(root, out, open_models, *story.options)
        assert state(root) == originals, point
        if (now := end_of(out)) != whole:
            wrong.append((point, differences(whole, now)))
    assert wrong == []
    # Which thread comes first to its nth call is not always the same.
    assert died >= 0.8 * len(chosen)


def test_the_comparison_would_notice(
    stories: dict[str, Story], tmp_path: Path, open_models: object
) -> None:
    root, out = tmp_path / "party", tmp_path / "out"
    stories["first"].begin(root, out, open_models)
    group(root, out, open_models)
    whole = end_of(out)
    assert end_of(out) == whole
    for path in (".facecluster/tmp/1", "kept/x", "people/person-001/both.jpg"):
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_bytes(b"other")
        assert path in differences(whole, end_of(out))
        (out / path).unlink()
