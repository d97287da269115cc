"""facecluster evaluate --recalibrate: thresholds measured anew and written into the file."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import Result
from PIL import Image

from facecluster.distances import lengths
from facecluster.embed.embedder import Embedder
from facecluster.embed.shipped import shipped_model
from facecluster.embed.spec import Crowding
from facecluster.evaluate.calibration.crowding import CROWDING
from tests.support.colour_model import SPEC, write_colour_model
from tests.support.commands import Run

JPEG = b"\xff\xd8\xff\xe0 is how one begins"


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


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """260 pictures of strangers, some of them in folders: most are a kind of red, the others spread
    over all colours."""
    folder = tmp_path_factory.mktemp("crowd")
    rng = np.random.default_rng(5)
    for number in range(260):
        colour = (220, 60, 60) if number % 2 else rng.integers(0, 256, 3)
        pixels = np.clip(np.array(colour) + rng.normal(0, 12, 3) + np.zeros((12, 12, 3)), 0, 255)
        place = folder / f"part {number % 3}" if number % 4 else folder
        place.mkdir(exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(place / f"{number:03}.png")
    return folder


def strangers_of(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)["strangers"]
    return found


def test_strangers_give_a_model_the_scale_of_faces(
    run: Run, model: Path, colours: Path, crowd: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new.onnx"
    arguments = ("evaluate", "--recalibrate", "--images", colours, "--strangers", crowd)
    told = strangers_of(run(*arguments, "--model", model, "--save", target, "--json"))
    made = Embedder(target)
    assert told["pictures"] == 260
    assert told["without_face"] == 0
    assert told["correlation"] >= CROWDING.least
    assert made.spec.crowding == Crowding(**told["crowding"])
    assert made.spec.crowding.fitted_on == f"260 pictures of strangers in {crowd.name}"
    # Red is where the crowd is; and what was measured was measured with these scales.
    crops = np.zeros((2, 8, 8, 3), np.uint8)
    crops[0] += np.array([220, 60, 60], np.uint8)
    crops[1] += np.array([60, 60, 220], np.uint8)
    red, blue = lengths(made.embed(crops)[0])
    assert red > 1.05 * blue
    assert Embedder(model).spec == SPEC
    # As text, on that model: the network is replaced, and not put behind the first.
    result = run(*arguments, "--model", target)
    assert f"Scale of faces fitted to 260 pictures of strangers in {crowd.name};" in result.stdout
    assert f"correlation {told['correlation']:.2f} on those held out." in result.stdout
    again = Embedder(target)
    assert again.embed(crops)[0] == pytest.approx(made.embed(crops)[0], abs=0.02)
    assert len(onnx.load(target).graph.output) == 3


def test_without_strangers_a_model_keeps_its_scale(
    run: Run, model: Path, colours: Path, crowd: Path
) -> None:
    arguments = ("evaluate", "--recalibrate", "--model", model, "--images", colours)
    run(*arguments, "--strangers", crowd)
    first = Embedder(model).spec
    assert first.crowding is not None
    result = run(*arguments, "--json")
    assert strangers_of(result) is None
    assert Embedder(model).spec == first  # the same pictures measured under the same scales


@pytest.mark.parametrize("count", [0, 3, CROWDING.fewest - 1])
def test_too_few_strangers_are_refused_and_nothing_is_written(
    run: Run, model: Path, colours: Path, tmp_path: Path, count: int
) -> None:
    (tmp_path / "few").mkdir()
    for number in range(count):
        (tmp_path / "few" / f"{number}.jpg").write_bytes(JPEG)
    before = model.read_bytes()
    arguments = ("evaluate", "--recalibrate", "--model", model, "--images", colours)
    result = run(*arguments, "--strangers", tmp_path / "few")
    assert result.exit_code != 0
    assert "in few: too few" in result.stderr
    assert f"--strangers needs at least {CROWDING.fewest} pictures" in result.stderr
    assert model.read_bytes() == before


def test_pictures_that_cannot_be_read_are_told_and_do_not_count(
    run: Run, model: Path, colours: Path, crowd: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "crowd"
    shutil.copytree(crowd, folder)
    broken = sorted(folder.rglob("*.png"))
    for path in broken[:5]:
        path.write_bytes(path.read_bytes()[:40])
    arguments = ("evaluate", "--recalibrate", "--model", model, "--images", colours)
    result = run(*arguments, "--strangers", folder)
    assert result.exit_code == 3
    assert "5 pictures could not be read." in result.stderr
    assert "fitted to 255 pictures of strangers" in result.stdout
    before = model.read_bytes()
    for path in broken[5:70]:
        path.write_bytes(path.read_bytes()[:40])
    result = run(*arguments, "--strangers", folder)
    assert result.exit_code == 1
    assert "190 pictures of strangers in crowd: too few" in result.stderr
    assert model.read_bytes() == before


def test_strangers_of_whom_the_model_says_nothing_are_refused(
    run: Run, model: Path, colours: Path, tmp_path: Path
) -> None:
    """One colour many times: nobody is more crowded than others."""
    (tmp_path / "same").mkdir()
    for number in range(220):
        Image.new("RGB", (8, 8), (200, 60, 60)).save(tmp_path / "same" / f"{number}.png")
    before = model.read_bytes()
    arguments = ("evaluate", "--recalibrate", "--model", model, "--images", colours)
    result = run(*arguments, "--strangers", tmp_path / "same")
    assert result.exit_code == 1
    assert "220 pictures of strangers in same: of no help" in result.stderr
    assert model.read_bytes() == before


def test_strangers_go_with_recalibrate(run: Run, crowd: Path) -> None:
    result = run("evaluate", "--strangers", crowd)
    assert result.exit_code == 2
    assert "--strangers: goes with --recalibrate" in result.stderr
