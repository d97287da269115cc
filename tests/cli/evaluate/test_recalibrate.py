"""facecluster evaluate --recalibrate: thresholds measured anew and written into the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.embed.embedder import Embedder
from facecluster.embed.shipped import shipped_model
from tests.support.colour_model import SPEC, write_colour_model
from tests.support.commands import Run


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_colour_model(tmp_path / "colour.onnx")


def test_recalibrate(run: Run, model: Path, colours: Path, tmp_path: Path) -> None:
    before = model.read_bytes()
    target = tmp_path / "new.onnx"
    arguments = ("evaluate", "--recalibrate", "--model", model, "--images", colours)
    result = run(*arguments, "--save", target, "--json")
    found = json.loads(result.stdout)
    assert model.read_bytes() == before
    spec = Embedder(target).spec
    assert found["old"] == {"distance": SPEC.distance, "far_table": [[0.1, 0.5], [0.01, 0.3]]}
    assert found["new"] == {
        "distance": spec.distance,
        "far_table": [list(r) for r in spec.far_table],
    }
    # 12 pictures, 48 pairs of different colours: too few for a rate, and the colours lie far apart.
    assert found["pictures"] == 12
    assert spec.far_table == ()
    assert spec.distance != SPEC.distance
    assert "12 pictures of 3 classes in colours" in spec.measured_on
    result = run(*arguments)
    assert result.stdout.splitlines()[1].split() == ["grouping", "0.4000", f"{spec.distance:.4f}"]
    assert Embedder(model).spec == spec


def test_recalibrate_leaves_out_what_cannot_be_used(
    run: Run, model: Path, colours: Path, tmp_path: Path
) -> None:
    (colours / "red" / "red_0001.png").write_bytes(b"no photo")
    (colours / "red" / "red_0002.png").write_bytes(b"")
    result = run("evaluate", "--recalibrate", "--model", model, "--images", colours)
    assert result.exit_code == 3
    assert "red_0001.png: cannot be read (not a photo" in result.stderr
    assert "2 pictures could not be read." in result.stderr
    assert "10 pictures of 3 classes" in Embedder(model).spec.measured_on


def test_recalibrate_does_not_touch_shipped_models(run: Run, colours: Path) -> None:
    shipped = shipped_model()
    before = shipped.stat().st_mtime_ns
    result = run("evaluate", "--recalibrate", "--images", colours)
    assert result.exit_code == 1
    assert "came with facecluster" in result.stderr
    assert "--save" in result.stderr
    assert shipped.stat().st_mtime_ns == before


def test_recalibrate_needs_class_folders(run: Run, model: Path, colours: Path) -> None:
    result = run("evaluate", "--recalibrate", "--model", model, "--images", colours / "red")
    assert result.exit_code == 2
    assert "a folder of their own" in result.stderr


def test_faces_that_are_not_found_are_left_out(run: Run, party: Path, tmp_path: Path) -> None:
    spec = replace(SPEC, align="faces")
    model = write_colour_model(tmp_path / "faces.onnx", spec)
    images = tmp_path / "images"
    for name in ("eileen", "eileen at night", "grace", "grace at night", "sea"):
        (images / name[0]).mkdir(parents=True, exist_ok=True)
        (party / f"{name}.jpg").rename(images / name[0] / f"{name}.jpg")
    result = run("evaluate", "--recalibrate", "--model", model, "--images", images)
    assert result.exit_code == 0
    assert "1 picture without a face left out" in result.stderr
    assert "4 pictures of 2 classes" in result.stdout
