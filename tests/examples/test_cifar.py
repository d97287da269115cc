"""Every command of cifar.md runs as written, on a small made-up set."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

RECIPE = Path(__file__).resolve().parents[2] / "examples" / "cifar.md"
COLOURS = {"airplane": (90, 160, 230), "cat": (200, 120, 60), "ship": (40, 60, 120)}


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", RECIPE.read_text(), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cifar10/train and cifar10/test: noise around a colour a class."""
    rng = np.random.default_rng(0)
    root = tmp_path_factory.mktemp("recipe")
    for part, count in (("train", 10), ("test", 5)):
        for name, colour in COLOURS.items():
            place = root / "cifar10" / part / name
            place.mkdir(parents=True)
            for number in range(count):
                noise = rng.normal(0, 25, (32, 32, 3)) + rng.normal(0, 10, 3)
                pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(place / f"{name}_{number:04}.jpg")
    return root


@pytest.fixture(scope="module")
def ran(folder: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """What each command said, by the command; one epoch is enough to see that it runs."""
    settings = {"FACECLUSTER_EPOCHS": "1", "FACECLUSTER_THREADS": "1", "OMP_NUM_THREADS": "1"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FACECLUSTER_")}
    return {
        " ".join(command): subprocess.run(
            [sys.executable, "-m", "facecluster", *command[1:]],
            cwd=folder,
            env=kept | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        for command in commands()
    }


def test_the_recipe_is_what_it_says() -> None:
    names = [command[1] for command in commands()]
    assert {command[0] for command in commands()} == {"facecluster"}
    assert names[:3] == ["pairs", "train", "export"]
    assert {"evaluate", "compare", "identify", "group"} <= set(names)


def test_every_command_ends_well(ran: dict[str, subprocess.CompletedProcess[str]]) -> None:
    for command, done in ran.items():
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert "Traceback" not in done.stderr
        assert "Warning" not in done.stderr, f"{command}: {done.stderr}"
        assert done.stdout.strip(), command


def test_they_leave_what_the_recipe_promises(
    folder: Path, ran: dict[str, subprocess.CompletedProcess[str]]
) -> None:
    assert ran
    made = {path.name for path in (folder / "runs" / "latest").iterdir()}
    assert made >= {"best.pt", "last.pt", "history.csv"}
    assert made >= {"history.png", "triplets.png", "distances.png", "embeddings.png"}
    assert (folder / "cats.csv").read_text().count("\n") == 6
    assert (folder / "roc.png").read_bytes().startswith(b"\x89PNG")
    told = [done.stdout for command, done in ran.items() if "compare" in command]
    assert all("class" in text and "distance" in text for text in told)
