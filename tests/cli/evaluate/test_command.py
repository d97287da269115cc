"""`facecluster evaluate` on lists of pairs, and `--recalibrate`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.colour_model import SPEC, write_colour_model
from tests.support.colours import COLOURS
from tests.support.commands import Run


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_colour_model(tmp_path / "colour.onnx")


def write_list(path: Path, folds: int = 2) -> Path:
    """Two same and two different pairs per fold."""
    lines = [f"{folds}\t2"] if folds > 1 else ["2"]
    for _ in range(folds):
        lines += ["red\t1\t2", "blue\t3\t4", "red\t1\tblue\t2", "green\t1\tred\t3"]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    return write_list(tmp_path / "pairs.txt")


def test_figures(run: Run, model: Path, pairs: Path, colours: Path) -> None:
    result = run("evaluate", "--model", model, "--pairs", pairs, "--images", colours)
    assert (result.exit_code, result.stderr) == (0, "")
    about, counts, *lines = result.stdout.splitlines()
    assert about.startswith("mean-colour on ")
    assert counts == "4 same and 4 different pairs of 7 pictures in 2 folds"
    assert lines[0].split() == ["Accuracy", "100.00", "%", "±", "0.00"]
    assert lines[2].split() == ["AUC", "1.00000"]
    assert lines[4].split()[-5:] == ["n/a", "(needs", "10", "different", "pairs)"]
    assert len(lines) == 8


def test_json_and_out_say_the_same(
    run: Run, model: Path, pairs: Path, colours: Path, tmp_path: Path
) -> None:
    out = tmp_path / "folder" / "figures.json"
    result = run("evaluate", "--model", model, "--pairs", pairs, "--images", colours, "--json",
                 "--out", out)  # fmt: skip
    found = json.loads(result.stdout)
    assert found == json.loads(out.read_text())
    assert found["format"] == "facecluster-verification"
    assert (found["accuracy"], found["auc"], found["eer"]) == (1, 1, 0)
    assert found["pictures"] == 7
    assert found["tar"][0] == {"false_accept_rate": 0.1, "true_accept_rate": None}
    assert found["own_threshold"] == SPEC.distance


def test_one_fold(run: Run, model: Path, colours: Path, tmp_path: Path) -> None:
    pairs = write_list(tmp_path / "one.txt", folds=1)
    arguments = ("evaluate", "--model", model, "--pairs", pairs, "--images", colours)
    found = json.loads(run(*arguments, "--json").stdout)
    assert found["standard_error"] is None
    assert found["threshold"] == SPEC.distance
    assert "(the model's own threshold)" in run(*arguments).stdout


def test_images_lie_beside_the_list(
    run: Run, model: Path, pairs: Path, colours: Path, tmp_path: Path
) -> None:
    colours.rename(tmp_path / "images")
    assert run("evaluate", "--model", model, "--pairs", pairs).exit_code == 0
    inside = pairs.rename(tmp_path / "images" / "pairs.txt")
    assert run("evaluate", "--model", model, "--pairs", inside).exit_code == 0


def test_roc(run: Run, model: Path, pairs: Path, colours: Path, tmp_path: Path) -> None:
    arguments = ("evaluate", "--model", model, "--pairs", pairs, "--images", colours, "--roc")
    result = run(*arguments, tmp_path / "roc.png")
    assert result.exit_code == 0
    assert f"ROC curve: {tmp_path / 'roc.png'}" in result.stdout
    assert Image.open(tmp_path / "roc.png").width == 960
    assert run(*arguments, tmp_path / "roc.gif").exit_code == 2


def test_the_curve_needs_matplotlib(
    run: Run, pairs: Path, colours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("matplotlib", "onnx"):
        monkeypatch.setitem(sys.modules, package, None)
    result = run("evaluate", "--pairs", pairs, "--images", colours, "--roc", tmp_path / "r.png")
    assert result.exit_code == 1
    assert result.stderr == "Error: this needs matplotlib: pip install 'facecluster[train]'\n"
    result = run("evaluate", "--recalibrate", "--images", colours)
    assert result.stderr == "Error: this needs onnx: pip install 'facecluster[train]'\n"


def test_pictures_without_a_face(run: Run, party: Path, tmp_path: Path) -> None:
    images = tmp_path / "images"
    for name, picture in (("E_0001", "eileen"), ("E_0002", "eileen at night"), ("S_0001", "sea")):
        (images / name[0]).mkdir(parents=True, exist_ok=True)
        (party / f"{picture}.jpg").rename(images / name[0] / f"{name}.jpg")
    (tmp_path / "pairs.txt").write_text("1\nE\t1\t2\nE\t1\tS\t1\n")
    result = run("evaluate", "--pairs", tmp_path / "pairs.txt")
    assert result.exit_code == 0
    assert "Accuracy          100.00 %\n" in result.stdout
    assert "In 1 picture no face was found, such as S/S_0001.jpg; " in result.stderr


def test_bad_lists_and_pictures(
    run: Run, model: Path, pairs: Path, colours: Path, tmp_path: Path
) -> None:
    def error(*arguments: object) -> str:
        result = run("evaluate", "--model", model, *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.count("\n") == 1
        return str(result.stderr)

    both = "--pairs", pairs, "--images", colours
    (colours / "blue" / "blue_0004.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "blue_0004.png: cannot be read (" in error(*both)
    (colours / "blue" / "blue_0004.png").unlink()
    (colours / "red" / "red_0003.png").unlink()
    said = error(*both)
    assert "2 pictures of the pairs are not there: blue/blue_0004.jpg, red/red_0003.jpg" in said
    pairs.write_text("2\t2\nred\t1\t2\n")
    assert "pairs.txt: 8 pairs announced, 1 read" in error(*both)
    pairs.write_bytes(b"")
    assert "pairs.txt: empty" in error(*both)


def test_options_that_do_not_go_together(
    run: Run, model: Path, pairs: Path, colours: Path, tmp_path: Path
) -> None:
    for arguments, why in (
        (("--images", colours), "--images: give --pairs as well"),
        (("--recalibrate", "--pairs", pairs), "--pairs and --recalibrate"),
        (("--recalibrate", "--roc", tmp_path / "r.png"), "--roc and --recalibrate"),
        (("--save", tmp_path / "m.onnx"), "--save: goes with --recalibrate"),
        (("--pairs", tmp_path / "gone.txt"), "does not exist"),
        (("--pairs", colours), "is a directory"),
        (("--model", tmp_path / "gone.onnx"), "does not exist"),
        (("--json", "grouping", colours), "--json stands before grouping"),
        (("clusters", colours), "No such command 'clusters'"),
    ):
        result = run("evaluate", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert why in result.stderr


def test_no_run_and_no_pairs(run: Run, tmp_path: Path) -> None:
    result = run("evaluate", "--runs", tmp_path / "runs")
    assert result.exit_code == 1
    assert "no training run here to evaluate" in result.stderr
    assert "--pairs and --images" in result.stderr


def test_a_file_that_is_no_model(run: Run, pairs: Path, colours: Path, tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no model")
    for name in ("x.onnx", "x.pt"):
        (tmp_path / name).write_bytes(b"no model")
        result = run("evaluate", "--model", tmp_path / name, "--pairs", pairs, "--images", colours)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: {tmp_path / name}: ")
        assert result.stderr.count("\n") == 1


def test_grouping(run: Run, model: Path, colours: Path) -> None:
    result = run("evaluate", "grouping", colours, "--model", model, "--json",
                 "-m", "auto", "-m", "kmeans", "-m", "auto", "--people", 3)  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert [row["method"] for row in found["methods"]] == ["auto", "kmeans"]
    for row in found["methods"]:
        assert row["pairwise"] == row["bcubed"] == {"precision": 1, "recall": 1, "f": 1}
        assert (row["nmi"], row["ari"], row["coverage"]) == (1, 1, 1)
        assert (row["people"], row["true_people"], row["photos"]) == (3, len(COLOURS), 12)
        assert 0 < row["distance"] < 2
        assert row["seconds"] >= 0
        assert row["peak_mb"] > 50


def test_grouping_shows_a_column_a_method(run: Run, model: Path, colours: Path) -> None:
    result = run("evaluate", "grouping", colours, "--model", model, "-m", "auto", "-m", "hdbscan")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["auto", "hdbscan"]
    table = {line[:17].strip(): line[17:].split() for line in lines[1:-1]}
    assert table["BCubed P, R, F"] == ["1.000"] * 6
    assert table["people"] == ["3", "of", "3"] * 2
    assert lines[-1].startswith("12 photos judged, read in ")


def test_grouping_writes_nothing_beside_the_photos(
    run: Run, model: Path, colours: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert run("evaluate", "grouping", colours, "--model", model).exit_code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_grouping_reads_photos_once(
    run: Run, model: Path, colours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = os.open

    def spy(path: Any, *rest: Any, **more: Any) -> int:
        read.append(os.fspath(path))
        return plain(path, *rest, **more)

    monkeypatch.setattr(os, "open", spy)
    run("evaluate", "grouping", colours, "--model", model, "-m", "auto", "-m", "kmeans",
        "-m", "hdbscan")  # fmt: skip
    photos = [path for path in read if path.endswith(".png")]
    assert len(photos) == len(set(photos)) == 12


def test_grouping_of_faces(run: Run, party: Path, tmp_path: Path) -> None:
    for name in ("eileen", "eileen at night", "grace", "grace at night"):
        (tmp_path / "set" / name.split()[0]).mkdir(parents=True, exist_ok=True)
        (party / f"{name}.jpg").rename(tmp_path / "set" / name.split()[0] / f"{name}.jpg")
    (tmp_path / "set" / "grace" / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    result = run("evaluate", "grouping", tmp_path / "set", "--json")
    assert result.exit_code == 3
    assert "1 photo could not be read, such as grace/cut.jpg" in result.stderr
    [row] = json.loads(result.stdout)["methods"]
    assert row["pairwise"]["precision"] == 1
    assert row["people"] == 2


def test_grouping_of_another_layout(run: Run, party: Path, model: Path, colours: Path) -> None:
    result = run("evaluate", "grouping", party)
    assert result.exit_code == 2
    assert "lie directly in it" in result.stderr
    result = run("evaluate", "grouping", colours, "--model", model, "--people", 3)
    assert result.exit_code == 2
    assert "--people needs --method kmeans" in result.stderr


def test_help_of_both(run: Run) -> None:
    overview, inner = (run("evaluate", *a, "--help").output for a in ((), ("grouping",)))
    assert "grouping  Judge the groups" in overview
    for name in ("--pairs", "--recalibrate", "--roc", "Examples:"):
        assert name in overview
    for name in ("LABELLED_DIR", "--method", "--min-photos", "Examples:"):
        assert name in inner
