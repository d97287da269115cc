"""The command's results on real photos, as a person looking at the folders would judge them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facecluster.config import OutputConfig, Settings
from facecluster.evaluate.grouping import judge
from facecluster.group import OpenReader, group
from facecluster.records import Status
from facecluster.report.records import Report

pytestmark = pytest.mark.realdata
Run = Callable[[Path], Report]


@pytest.fixture
def run(open_models: OpenReader, tmp_path: Path) -> Run:
    def make(folder: Path) -> Report:
        settings = Settings(output=OutputConfig(tmp_path / "out", link="none"))
        return group(folder, settings, open_reader=open_models)

    return make


def folders(report: Report) -> list[set[str]]:
    """The names (without ending) of each person's photos."""
    faces = report.faces
    return [{Path(faces[i].photo).stem for i in p.faces} for p in report.people]


def test_counts(run: Run, shared_data: Path) -> None:
    report = run(shared_data / "photos" / "counts")
    people = folders(report)
    assert {f"{i:03}_A" for i in range(1, 7)} in people
    assert {"007_B", "008_B"} in people
    [landscape] = [p for p in report.photos if p.status == Status.NO_FACE]
    assert landscape.path == "017_0.jpg"
    close = 0
    for photo in report.photos:
        tail = Path(photo.path).stem.split("_")[1]
        wanted = int(tail) if tail.isdigit() else 1
        close += abs(len(photo.faces) - wanted) <= 1
    assert close >= 16


def test_album(run: Run, shared_data: Path) -> None:
    """Who is in which photo was looked up by eye; the file name says who is the main person."""
    people = folders(run(shared_data / "photos" / "album"))
    # On LHL_9 his face is a bit too unlike what the embedder knows, and may stay unsure.
    his = max((p for p in people if "LHL_1" in p), key=len)
    assert {f"LHL_{i}" for i in range(11)} - {"LHL_9"} <= his <= {f"LHL_{i}" for i in range(11)}
    assert {f"Diana_{i}" for i in range(8)} in people
    assert {f"Obama_{i}" for i in range(5)} | {"LHL_10"} in people
    assert {"LHL_4", "LHL_6", "LHL_7", "LHL_8", "LHL_10"} in people  # his wife
    assert {"Obama_2", "Obama_4", "LHL_10"} in people  # his wife
    # The two brothers are children here, and in the same two photos.
    assert people.count({"Diana_2", "Diana_6"}) == 2
    assert {"Diana_1", "Diana_4"} in people  # their father
    # One man at very different ages gets two folders; nobody else is in them.
    rest = [p for p in people if any(name.startswith("Putin") for name in p)]
    assert all(name.startswith("Putin") for p in rest for name in p)
    assert max(map(len, rest)) >= 4


def test_part_of_lfw(run: Run, shared_data: Path, tmp_path: Path) -> None:
    """A floor under the quality of the default method: 400 people, drawn with a seed."""
    images = shared_data / "lfw" / "images"
    names = sorted(path.name for path in images.iterdir())
    drawn = np.random.default_rng(1994).choice(names, 400, replace=False)
    part = tmp_path / "part"
    for name in drawn:
        shutil.copytree(images / name, part / name)
    judged = judge(run(part))
    assert judged.bcubed.f >= 0.95  # measured: 0.972
    assert judged.pairwise.f >= 0.95  # measured: 0.981
