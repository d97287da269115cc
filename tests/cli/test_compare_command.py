"""`facecluster compare`: its answers, its picture, and errors in one sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.embed.embedder import Embedder
from tests.support.colour_model import write_colour_model
from tests.support.commands import Run


def test_the_same_person(run: Run, party: Path) -> None:
    result = run("compare", party / "eileen.jpg", party / "eileen at night.jpg")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = result.stdout.splitlines()
    limit = Embedder().spec.distance
    assert first.startswith("Same person, as the distance 0.0")
    assert first.endswith(f" is within {limit:.4f}.")
    assert second.endswith("pairs of different people are this near.")


def test_different_people(run: Run, party: Path) -> None:
    result = run("compare", party / "eileen.jpg", party / "grace.jpg")
    assert result.exit_code == 0
    assert result.stdout.startswith("Different people, as the distance 0.")
    assert " is beyond " in result.stdout
    assert "1 in 10 pairs of different people" in result.stdout


def test_all_faces_are_compared(run: Run, party: Path) -> None:
    result = run("compare", party / "both.jpg", party / "grace.jpg")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["B", "1"]
    assert [line.split()[:2] for line in lines[1:3]] == [["A", "1"], ["A", "2"]]
    assert lines[2].split()[3:] == ["="]
    assert lines[3].startswith("Face 2 of A and face 1 of B: same person")


def test_json(run: Run, party: Path) -> None:
    result = run("compare", party / "both.jpg", party / "eileen.jpg", "--json")
    found = json.loads(result.stdout)
    assert (found["format"], found["version"]) == ("facecluster-comparison", 1)
    assert found["same"] is True
    assert found["nearest"] == [0, 0]
    assert found["matches"] == [[0, 0]]
    assert np.shape(found["distances"]) == (2, 1)
    assert found["distance"] == min(min(row) for row in found["distances"])
    assert found["false_accepts"]["bound"] == "fewer"
    assert [len(found[side]["faces"]) for side in "ab"] == [2, 1]
    # Left to right.
    assert found["a"]["faces"][0]["box"][0] < found["a"]["faces"][1]["box"][0]


def test_distance(run: Run, party: Path) -> None:
    pictures = party / "eileen.jpg", party / "grace.jpg"
    assert json.loads(run("compare", *pictures, "--json", "-d", 0.5).stdout)["same"] is True
    assert run("compare", *pictures, "--distance", 3).exit_code == 2


@pytest.mark.parametrize("name", ["who.png", "who.JPG", "deeper/who.webp"])
def test_picture(run: Run, party: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    result = run("compare", party / "both.jpg", party / "grace.jpg", "--picture", target)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == f"Picture: {target}"
    assert Image.open(target).width > 1000
    assert [file.name for file in target.parent.iterdir() if file.is_file()] == [target.name]


def test_a_picture_that_cannot_be_written(run: Run, party: Path, tmp_path: Path) -> None:
    pictures = party / "eileen.jpg", party / "grace.jpg"
    result = run("compare", *pictures, "--picture", tmp_path / "who.gif")
    assert result.exit_code == 2
    assert "--picture" in result.stderr
    assert ".png" in result.stderr
    (tmp_path / "file").write_text("in the way")
    result = run("compare", *pictures, "--picture", tmp_path / "file" / "who.png")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "who.gif").exists()


def test_no_face(run: Run, party: Path) -> None:
    result = run("compare", party / "eileen.jpg", party / "sea.jpg")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{party / 'sea.jpg'}: no face was found" in result.stderr
    assert result.stderr.count("\n") == 1


def test_files_that_cannot_be_read(run: Run, party: Path) -> None:
    good = party / "eileen.jpg"
    (party / "cut.jpg").write_bytes(good.read_bytes()[:2000])
    result = run("compare", good, party / "cut.jpg")
    assert result.exit_code == 1
    assert f"{party / 'cut.jpg'}: cannot be read (truncated" in result.stderr
    (party / "empty.jpg").write_bytes(b"")
    assert (
        "empty.jpg: cannot be read (empty file)" in run("compare", party / "empty.jpg", good).stderr
    )
    for bad, why in ((party / "gone.jpg", "does not exist"), (party, "is a directory")):
        result = run("compare", good, bad)
        assert result.exit_code == 2
        assert why in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_odd_names(run: Run, party: Path) -> None:
    odd = (party / "sea.jpg").rename(party / "\x1b[31m[red]\n.jpg")
    result = run("compare", odd, party / "eileen.jpg")
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 1
    assert "[red]" in result.stderr


def test_a_model_of_whole_pictures(run: Run, tmp_path: Path) -> None:
    model = write_colour_model(tmp_path / "m.onnx")
    for name, colour in (("a", (250, 60, 60)), ("b", (200, 70, 60)), ("c", (60, 60, 250))):
        Image.new("RGB", (40, 30), colour).save(tmp_path / f"{name}.png")
    same = run("compare", tmp_path / "a.png", tmp_path / "b.png", "--model", model)
    assert same.stdout.startswith("Same class, as the distance 0.0")
    assert "of different classes are this near" in same.stdout
    other = run("compare", tmp_path / "a.png", tmp_path / "c.png", "--model", model)
    assert other.stdout.startswith("Different classes, as the distance 1.")
    assert "More than 1 in 10 pairs of different classes" in other.stdout


def test_quiet_prints_nothing(run: Run, party: Path) -> None:
    result = run("compare", party / "eileen.jpg", party / "grace.jpg", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_verbose_says_what_the_rate_rests_on(run: Run, party: Path) -> None:
    result = run("compare", party / "eileen.jpg", party / "grace.jpg", "--verbose")
    assert Embedder().spec.measured_on in result.stdout
