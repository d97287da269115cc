"""Each recipe once, on a handful of pictures, so that none can rot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, make_people, run_module

FITTING = ROOT / "fitting"
RECIPES = sorted(path.stem for path in FITTING.glob("*.py") if path.stem != "__init__")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, astronaut, hopper) -> Path:
    folder = tmp_path_factory.mktemp("toy") / "people"
    return make_people(folder, {"eileen": astronaut, "grace": hopper})


def run(recipe: str, *arguments: object) -> str:
    return run_module(f"fitting.{recipe}", *arguments)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_says_how_it_is_run(recipe: str) -> None:
    assert run(recipe, "--help").startswith("usage: ")
    assert f"python -m fitting.{recipe}" in (FITTING / "README.md").read_text("utf-8")


def test_constants(people: Path, tmp_path: Path) -> None:
    shutil.copytree(people, tmp_path / "lfw" / "images")
    shutil.copytree(people, tmp_path / "pins44")
    (tmp_path / "lfw" / "peopleDevTrain.txt").write_text("1\neileen\t3\n")
    rows = tmp_path / "rows.json"
    options = ["--data", tmp_path, "--cache", tmp_path / "kept", "--json", rows]
    assert "large 5" in run("constants", "--constant", "large", *options)
    found = json.loads(rows.read_text())
    assert [row["value"] for row in found] == [None, 5, 12, 20]
    assert all(half["lfw"] == half["pins44"] == 1 for row in found for half in row["halves"])


def test_strangers(people: Path, tmp_path: Path) -> None:
    shutil.copytree(people, tmp_path / "lfw" / "images")
    shutil.copytree(people, tmp_path / "pins44")
    said = run("strangers", "--data", tmp_path, "--cache", tmp_path / "kept")
    pairs = {tuple(line.split()[:3]): line.split()[3] for line in said.splitlines()[1:]}
    # Both folders hold the same two people: two pairs of strangers a draw, six faces each.
    assert pairs["1", "and", "1"] == "16"
    assert pairs["2", "and", "2"] == "16"
    assert pairs["8", "and", "8"] == "0"
