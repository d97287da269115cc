"""`facecluster identify`: names, unknown faces, tables, and errors in one sentence."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.colour_model import write_colour_model
from tests.support.commands import Run


@pytest.fixture
def family(party_photos: dict[str, bytes], tmp_path: Path) -> Path:
    """Eileen by the name of a file, Grace by the name of a folder."""
    (tmp_path / "family" / "Grace").mkdir(parents=True)
    (tmp_path / "family" / "Eileen_1.jpg").write_bytes(party_photos["eileen.jpg"])
    (tmp_path / "family" / "Grace" / "x.jpg").write_bytes(party_photos["grace.jpg"])
    return tmp_path / "family"


def names(found: dict[str, Any]) -> dict[str, list[str | None]]:
    return {Path(p["path"]).name: [f["name"] for f in p["faces"]] for p in found["photos"]}


def test_everybody_is_recognised(run: Run, party: Path, family: Path) -> None:
    result = run("identify", party, "--known", family, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found["known"] == {"Eileen": 1, "Grace": 1}
    assert names(found) == {
        "both.jpg": ["Eileen", "Grace"],
        "eileen.jpg": ["Eileen"],
        "eileen at night.jpg": ["Eileen"],
        "grace.jpg": ["Grace"],
        "grace at night.jpg": ["Grace"],
        "sea.jpg": [],
    }


def test_who_is_not_known_stays_unknown(run: Run, party: Path, family: Path) -> None:
    (family / "Eileen_1.jpg").unlink()
    found = json.loads(run("identify", party / "both.jpg", "--known", family, "--json").stdout)
    [photo] = found["photos"]
    eileen, grace = photo["faces"]
    assert (eileen["name"], eileen["votes"], eileen["nearest"]) == (None, 0, "Grace")
    assert eileen["distance"] > found["distance"] > grace["distance"]
    assert grace["name"] == "Grace"
    result = run("identify", party / "both.jpg", "--known", family)
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["Photo", "Face", "Box", "Name", "Distance", "Votes"]
    assert "unknown" in lines[1]
    assert "Grace" in lines[2]
    assert lines[3] == "1 photo; 2 faces, 1 of them recognised among 1 known person."


def test_distance(run: Run, party: Path, family: Path) -> None:
    def found(distance: float) -> list[str | None]:
        result = run("identify", party / "eileen at night.jpg", "--known", family,
                     "--json", "-d", distance)  # fmt: skip
        return names(json.loads(result.stdout))["eileen at night.jpg"]

    assert found(0.0001) == [None]
    assert found(0.5) == ["Eileen"]


def test_votes(run: Run, party: Path, family: Path, party_photos: dict[str, bytes]) -> None:
    (family / "Eileen (2).jpg").write_bytes(party_photos["eileen at night.jpg"])

    def votes(k: int) -> int:
        result = run("identify", party / "eileen.jpg", "--known", family, "--json", "-k", k)
        return int(json.loads(result.stdout)["photos"][0]["faces"][0]["votes"])

    assert [votes(k) for k in (1, 2, 5)] == [1, 2, 2]
    assert run("identify", party, "--known", family, "-k", 0).exit_code == 2


def test_nobody_is_twice_in_a_photo(
    run: Run, family: Path, tmp_path: Path, astronaut: np.ndarray
) -> None:
    Image.fromarray(np.hstack([astronaut, astronaut[:, ::-1]])).save(tmp_path / "mirror.png")
    once, twice = (
        names(json.loads(run("identify", tmp_path / "mirror.png", "--known", family, "--json",
                             *options).stdout))["mirror.png"]
        for options in ((), ("--allow-twice",))
    )  # fmt: skip
    assert sorted(once, key=str) == ["Eileen", None]
    assert twice == ["Eileen", "Eileen"]


def test_min_face(run: Run, party: Path, family: Path) -> None:
    found = json.loads(
        run("identify", party / "both.jpg", "--known", family, "--json", "--min-face", 60).stdout
    )
    assert names(found) == {"both.jpg": ["Grace"]}


def test_csv(run: Run, party: Path, family: Path, tmp_path: Path) -> None:
    (family / "Grace").rename(family / "=Grace()")
    target = tmp_path / "tables" / "who.csv"
    result = run("identify", party, "--known", family, "--csv", target, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    both = [row for row in rows if row["photo"] == str(party / "both.jpg")]
    assert [(row["face"], row["name"]) for row in both] == [("1", "Eileen"), ("2", "'=Grace()")]
    for row in rows:
        assert float(row["distance"]) < 0.07
        assert float(row["width"]) > 20


def test_known_pictures_that_say_nothing_are_listed(
    run: Run, party: Path, family: Path, party_photos: dict[str, bytes]
) -> None:
    (family / "Sea.jpg").write_bytes(party_photos["sea.jpg"])
    (family / "Broken.jpg").write_bytes(b"no photo")
    result = run("identify", party / "eileen.jpg", "--known", family, "--verbose")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "Broken.jpg: not a photo: it is text",
        "Sea.jpg: no face was found",
        "2 photos of the known people could not be used.",
    ]


def test_photos_that_cannot_be_read(run: Run, party: Path, family: Path) -> None:
    (party / "broken.jpg").write_bytes(b"no photo")
    result = run("identify", party, "--known", family)
    assert result.exit_code == 3
    assert "6 photos" in result.stdout
    assert f"{party / 'broken.jpg'}: not a photo" in result.stderr
    assert result.stderr.splitlines()[-1] == "1 photo could not be read."


def test_nobody_is_known(run: Run, party: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("identify", party, "--known", tmp_path / "empty")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "empty: there are no pictures in it" in result.stderr
    (tmp_path / "empty" / "Sea.jpg").write_bytes((party / "sea.jpg").read_bytes())
    result = run("identify", party, "--known", tmp_path / "empty")
    assert result.exit_code == 1
    assert "none of its 1 pictures can be used, such as Sea.jpg: no face was found" in result.stderr


def test_what_is_not_there(run: Run, party: Path, family: Path) -> None:
    for arguments, why in (
        ((party / "gone.jpg", "--known", family), "does not exist"),
        ((party, "--known", party / "gone"), "does not exist"),
        ((party, "--known", party / "sea.jpg"), "is a file"),
        ((party,), "--known"),
        (("--known", family), "PHOTOS"),
    ):
        result = run("identify", *arguments)
        assert result.exit_code == 2
        assert why in result.stderr


def test_each_photo_once_and_no_known_ones(run: Run, family: Path, party: Path) -> None:
    inside = family.rename(party / "family")
    (party / "notes.txt").write_text("nothing to see")
    result = run("identify", party, party / "sea.jpg", party / ".", "--known", inside, "--json")
    paths = [photo["path"] for photo in json.loads(result.stdout)["photos"]]
    assert len(paths) == len(set(paths)) == 6


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_odd_names(run: Run, party: Path, family: Path) -> None:
    (family / "Grace").rename(family / "\x1b[31m[bold]Grace\n")
    odd = (party / "grace.jpg").rename(party / "\x1b]0;t\x07[red].jpg")
    result = run("identify", odd, "--known", family)
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "?[31m[bold]Grace?" in result.stdout
    assert "?]0;t?[red].jpg" in result.stdout
    assert len(result.stdout.splitlines()) == 3


def test_a_model_of_whole_pictures(run: Run, tmp_path: Path) -> None:
    model = write_colour_model(tmp_path / "m.onnx")
    (tmp_path / "known").mkdir()
    for name, colour in (("red_1", (250, 60, 60)), ("blue_1", (60, 60, 250))):
        Image.new("RGB", (12, 12), colour).save(tmp_path / "known" / f"{name}.png")
    Image.new("RGB", (12, 12), (220, 70, 60)).save(tmp_path / "rose.png")
    Image.new("RGB", (12, 12), (60, 250, 60)).save(tmp_path / "grass.png")
    photos = tmp_path / "rose.png", tmp_path / "grass.png"
    result = run("identify", *photos, "--known", tmp_path / "known", "--model", model, "--json")
    assert names(json.loads(result.stdout)) == {"rose.png": ["red"], "grass.png": [None]}
