"""Each benchmark once, on a handful of pictures, so that none can rot. Nothing is timed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.quality.peers import PEERS
from benchmarks.speed.photos import TOY
from facecluster.config import METHODS, ClusterConfig
from tests.support.checkout import ROOT, make_people, run_module

BENCHMARKS = ROOT / "benchmarks"
ROOMS = sorted(path.parent.name for path in BENCHMARKS.glob("*/__main__.py"))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, astronaut, hopper) -> Path:
    folder = tmp_path_factory.mktemp("toy") / "people"
    return make_people(folder, {"eileen": astronaut, "grace": hopper})


def run(room: str, *arguments: object, code: int = 0) -> str:
    return run_module(f"benchmarks.{room}", *arguments, code=code)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_how_it_is_run(room: str) -> None:
    assert run(room, "--help").startswith("usage: ")
    assert f"[{room}]({room}/__main__.py)" in (BENCHMARKS / "README.md").read_text("utf-8")


def test_copies(people: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.json"
    said = run("copies", people, "--photos", 2, "--json", rows, "--all")
    found = json.loads(rows.read_text())
    assert "turned by its tag" in said
    resized = [kind for kind in found["kinds"] if kind["kind"].startswith("resized")]
    assert len(resized) == 5
    assert all(kind["copies"] == kind["known"] > 0 for kind in resized)


def test_quality(people: Path, tmp_path: Path) -> None:
    run("quality", people, "--json", tmp_path / "rows.json", "--cache", tmp_path)
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [row["method"] for row in rows] == list(METHODS)
    for row in rows:
        assert row["bcubed"]["f"] == row["pairwise"]["f"] == 1
        assert row["photos"] == 6
        assert (row["people"], row["several"]) == (2, 2)
        assert row["seconds"] > 0
        assert row["peak_mb"] > 0


def test_quality_writes_what_it_measured(people: Path, tmp_path: Path) -> None:
    page, rows = tmp_path / "quality.md", tmp_path / "rows.json"
    options = ["--method", "agglomerative", "--shuffle", "--command", "--cache", tmp_path]
    said = run("quality", people, *options, "--write", page, "--json", rows)
    *grouped, whole = json.loads(rows.read_text())
    assert [row["method"] for row in grouped] == ["agglomerative", *PEERS]
    assert (whole["set"], whole["method"]) == ("people", ClusterConfig().method)
    assert whole["bcubed"]["f"] == 1
    assert said.splitlines()[-3].split()[-1] == "yes"
    text = page.read_text()
    assert all(f"| {name} |" in text for name in PEERS)
    assert "## people\n" in text
    assert "## The whole command" in text


def test_quality_against_its_floors(people: Path, tmp_path: Path) -> None:
    away = ["--floor", "--data", tmp_path, "--cache", tmp_path / "cache"]
    assert "skipped" in run("quality", *away)
    shutil.copytree(people, tmp_path / "lfw" / "images")
    shutil.copytree(people, tmp_path / "pins44")
    assert "no score is below its floor" in run("quality", *away)
    for name in ("eileen", "grace"):  # the same pictures for two people: nobody can tell them apart
        for file in (people / "eileen").iterdir():
            shutil.copy(file, tmp_path / "pins44" / name / f"again {name} {file.name}")
            with (tmp_path / "pins44" / name / f"again {name} {file.name}").open("ab") as copy:
                copy.write(name.encode())
    said = run("quality", *away, code=1)
    assert "part of pins44: " in said
    assert "fell below: " in said
    assert "part of lfw: " not in said


def test_speed(people: Path, tmp_path: Path) -> None:
    away = ["--cache", tmp_path / "cache", "--json", tmp_path / "rows.json"]
    run("speed", people, "--runs", 1, *away)
    [row] = json.loads((tmp_path / "rows.json").read_text())["rows"]
    assert (row["photos"], row["faces"]) == (6, 6)
    assert row["seconds"] > 0
    assert row["times_floor"] > 0


def test_speed_of_a_handful_of_photos(tmp_path: Path) -> None:
    page, rows = tmp_path / "docs" / "speed.md", tmp_path / "rows.json"
    away = ["--data", tmp_path / "none", "--cache", tmp_path / "cache"]
    assert "skipped: " in run("speed", *away)
    run("speed", "--toy", *away, "--write", page, "--json", rows)
    told = json.loads(rows.read_text())
    assert {row["set"]: row["photos"] for row in told["rows"]} == TOY
    small, *_, group = told["rows"]
    assert small["quality"]["bcubed"] == 1
    assert (small["face_quality"]["seen"], small["face_quality"]["judged"]) == (5, 5)
    assert group["face_quality"]["seen"] >= 0.9 * group["face_quality"]["judged"] > 30
    found = told["profile"]["small"]
    assert found["calls"]["decode"] == found["photos"] == 6
    assert all(seconds >= 0 for seconds in found["seconds"].values())
    assert [row["photos"] for row in told["memory"]] == [4, 12]
    assert all(row["peak_mb"] > 0 for row in told["memory"])
    text = page.read_text()
    assert text.count(": begin -->") == text.count(": end -->") == 3
    assert "| phone | 3 |" in text
    assert "| decode | " in text
    assert "</svg>" in (page.parent / "speed-memory.svg").read_text()


def test_detection(people: Path) -> None:
    assert "px wide: " in run("detection", people)


def test_training(tmp_path: Path) -> None:
    options = ["--backbone", "tiny", "--image-size", 8, "--minutes", 0.03, "--threads", 1]
    files = ["--json", tmp_path / "rows.json", "--picture", tmp_path / "curve.png"]
    said = run("training", "digits", *options, "--together", *files)
    assert "ours / plain: " in said
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [row["who"] for row in rows] == ["ours", "plain"]
    for row in rows:
        assert row["pictures_per_second"] > 0
        assert all(0 <= point["accuracy"] <= 1 for point in row["curve"])
    assert (tmp_path / "curve.png").stat().st_size > 0


def test_landmarks(people: Path, tmp_path: Path) -> None:
    run("detection.landmarks", people, "--json", tmp_path / "rows.json")
    first, refined = json.loads((tmp_path / "rows.json").read_text())["landmarks"]
    assert (first["landmarks"], refined["landmarks"]) == ("first", "refined")
    assert first["ms"] == 0 < refined["ms"]
    for row in (first, refined):
        assert row["faces"] == 6
        assert all(rate == 1 for rate in row["tar"].values())  # two people, far apart
        assert 0 < row["jitter"] < 0.2


def test_hard(people: Path, tmp_path: Path) -> None:
    page, rows = tmp_path / "quality.md", tmp_path / "rows.json"
    options = ["--kind", "as they are", "--kind", "24 px", "--data", tmp_path, "--cache", tmp_path]
    run("hard", people, *options, "--write", page, "--json", rows)
    told = json.loads(rows.read_text())
    assert list(told["kinds"]) == ["as they are", "coarse, 24 px", "small, 24 px"]
    first = told["kinds"]["as they are"]
    assert (first["known"], first["strangers"], first["found"]) == (1, 1, 2)
    assert (first["recall"], first["false"]) == (1, 0)
    curve = told["curves"]["trusted"]
    assert curve[0]["trusted"] == 0
    assert curve[0]["clean"]["people"] == {"f": 1, "behind": 0, "largest": 0}
    assert "| as they are | 1.000 |" in page.read_text()
    assert "</svg>" in (tmp_path / "hard-faces.svg").read_text()


def test_confidence(people: Path, tmp_path: Path) -> None:
    page, rows = tmp_path / "docs" / "quality.md", tmp_path / "rows.json"
    run("confidence", people, "--write", page, "--json", rows, "--cache", tmp_path)
    found = json.loads(rows.read_text())
    assert [(row["kind"], row["what"]) for row in found["rows"]] == [
        ("people", what) for what in ("faces", "people", "pairs")
    ]
    faces, whole, _ = found["rows"]
    assert (faces["answers"], faces["so"]) == (6, 6)
    assert (whole["answers"], whole["so"]) == (2, 2)
    assert faces["error"] < 0.2  # nothing but clear people
    assert found["lists"][0]["mixed"] == {"caught": 0, "real": 0, "right": 0, "shown": 2}
    assert "## How sure we may be" in page.read_text()
    assert b"<svg" in (page.parent / "reliability.svg").read_bytes()


def test_growth(people: Path, tmp_path: Path) -> None:
    page, rows = tmp_path / "quality.md", tmp_path / "rows.json"
    options = ["--step", 2, "--steps", 3, "--cache", tmp_path]
    run("growth", people, *options, "--write", page, "--json", rows)
    told = json.loads(rows.read_text())
    assert [step["photos"] for step in told["steps"]] == [2, 4, 6, 6]
    assert told["steps"][-1]["moved"] == told["steps"][-1]["renumbered"] == 0
    assert told["scores"] == {"grown": 1, "once": 1}
    assert "## What changes when photos are added" in page.read_text()


def test_alike(people: Path, tmp_path: Path) -> None:
    page, rows, card = tmp_path / "docs" / "q.md", tmp_path / "rows.json", tmp_path / "card.md"
    faces = tmp_path / "faces"
    faces.mkdir()
    pictures = {
        **{"eileen/1.jpg": "030_f_white_001", "eileen/2.jpg": "009_f_white_001"},
        **{"grace/1.jpg": "030_m_white_001", "grace/2.jpg": "040_m_white_002"},
    }
    for picture, name in pictures.items():
        shutil.copy(people / picture, faces / f"{name}.jpg")
    shutil.copy(people / "eileen" / "1.jpg", faces / "031_f_white_009.jpg")  # the same picture
    options = ["--half", "both", "--data", tmp_path, "--cache", tmp_path, "--card", card]
    said = run("alike", faces, *options, "--write", page, "--json", rows)
    told = json.loads(rows.read_text())
    assert (told["pictures"], told["again"]) == (4, 1)
    assert list(told["kinds"]) == ["white men"]  # of whom alone there is a pair
    men = told["kinds"]["white men"]
    assert (men["faces"], men["pairs"], men["made"]) == (2, 1, 2)
    assert men["default"]["within"] == men["default"]["count"] == 1  # a picture and its mirror
    # Each with her or his mirror image, who is a stranger here.
    assert told["apart"]["precision"] == dict.fromkeys(
        ("3 to 9 years", "white men", "white women"), 0.5
    )
    assert told["families"]["children"] == 1
    assert told["families"]["scores"]["children"]["faces"] == 8
    assert "missed by" not in said  # the sets of adults are missing
    assert "## Who is served how well" in page.read_text()
    assert "## Who is served how well" in card.read_text()
    assert "</svg>" in (page.parent / "alike.svg").read_text()
    shutil.copy(people / "grace" / "0.jpg", faces / "grace.jpg")
    assert "grace: expected a name such as" in run("alike", faces, *options, code=1)


def test_scale(tmp_path: Path) -> None:
    page, rows = tmp_path / "scale.md", tmp_path / "rows.json"
    options = ["--toy", "--made-up", "--cache", tmp_path, "--kept", tmp_path]
    said = run("scale", *options, "--write", page, "--json", rows)
    assert "seeded vectors stand in for them" in said
    told = json.loads(rows.read_text())
    grouped = [row for row in told["rows"] if row["work"] == "group"]
    assert [row["method"] for row in grouped] == [*METHODS, *(METHODS[:1] * 3)]
    assert [row["growth"] for row in grouped[-3:]] == ["grow", "pour", "pour"]
    for row in grouped:
        assert row["state"] == "done"
        assert row["bcubed"]["f"] > 0.9
        assert row["peak_mb"] >= row["table_mb"] > 0
    near = [row for row in told["rows"] if row["work"] == "near"]
    assert [row["forced"] for row in near] == [True, True]
    assert [row["method"] for row in told["agree"]] == ["agglomerative", "hdbscan", "kmeans"]
    text = page.read_text()
    assert "stand in for them.**" in text
    for growth in ("grown", "poured"):
        assert f"| **`{ClusterConfig().method}`** | {growth} | 1,500 |" in text
    assert "</svg>" in (tmp_path / "scale-distances.svg").read_text()


def test_device(tmp_path: Path) -> None:
    run("speed.device", "--device", "cpu", "--toy", "--json", tmp_path / "rows.json")
    found = json.loads((tmp_path / "rows.json").read_text())
    assert found["provider"] == "CPUExecutionProvider"
    assert all(rate > 0 for rate in (*found["faces_per_s"].values(), found["apart"]))
    assert found["combined"] > 0
