"""The pictures of a run are written whole, from whatever parts there are."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from facecluster.errors import OutputError
from facecluster.train.plots.draw import PlotData, draw_all, loss_and_accuracy, save, triplet_sheet
from facecluster.train.plots.triplets import side_by_side
from tests.support.figures import WIDTH, drawn, row, texts

NAN = math.nan


def everything(rng: np.random.Generator) -> PlotData:
    labels = np.arange(60) % 3
    return PlotData(
        history=[row(1), row(2, best=True), row(3, "circle")],
        triplets=rng.integers(0, 256, (4, 3, 16, 16, 3)).astype(np.uint8),
        triplet_distances=rng.random((4, 2)).astype(np.float32),
        same=rng.random(50).astype(np.float32),
        different=rng.random(70).astype(np.float32),
        threshold=0.5,
        before=rng.normal(size=(60, 8)).astype(np.float32),
        after=rng.normal(size=(60, 8)).astype(np.float32),
        labels=labels,
        classes=("ann", "bob", "cem"),
        unseen=("cem",),
    )


def test_all_pictures_are_written(rng: np.random.Generator, tmp_path: Path) -> None:
    paths = draw_all(tmp_path / "run", everything(rng))
    names = {"history.png", "triplets.png", "distances.png", "embeddings.png"}
    assert {path.name for path in paths} == names
    assert {path.name for path in (tmp_path / "run").iterdir()} == names  # no temporary file left
    for path in paths:
        with Image.open(path) as picture:
            picture.load()
            assert picture.format == "PNG"
            assert picture.width == WIDTH
            assert 200 <= picture.height <= 2000
            assert len(np.unique(np.asarray(picture.convert("L")))) > 10  # something is on it


def test_the_same_data_gives_the_same_file(rng: np.random.Generator, tmp_path: Path) -> None:
    data = everything(rng)
    first = [path.read_bytes() for path in draw_all(tmp_path / "a", data)]
    assert first == [path.read_bytes() for path in draw_all(tmp_path / "b", data)]


@pytest.mark.parametrize(
    ("missing", "written"),
    [
        ({"history": ()}, 3),
        ({"triplets": None}, 3),
        ({"triplet_distances": None}, 3),
        ({"same": None}, 3),
        ({"threshold": None}, 4),
        ({"before": None}, 4),
        ({"after": None}, 3),
        ({"labels": None}, 3),
        ({"unseen": ()}, 4),
        ({"same": np.zeros(0), "different": np.zeros(0)}, 3),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else str(value),
)
def test_parts_may_be_missing(
    rng: np.random.Generator, tmp_path: Path, missing: dict[str, object], written: int
) -> None:
    assert len(draw_all(tmp_path, replace(everything(rng), **missing))) == written
    assert draw_all(tmp_path, PlotData()) == []


def test_no_figure_stays_open_and_no_torch_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from facecluster.train.plots.draw import *\n"
        f"draw_all(Path({str(tmp_path)!r}), PlotData(same=np.ones(2), different=np.ones(2)))\n"
        "assert not {'torch', 'matplotlib.pyplot'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert (tmp_path / "distances.png").is_file()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="a file is in the way"):
        save(loss_and_accuracy([]), tmp_path / "file" / "history.png")


def test_the_sheet_shows_the_pixels(rng: np.random.Generator) -> None:
    triplet = rng.integers(0, 255, (3, 8, 8, 3)).astype(np.uint8)
    sheet = side_by_side(triplet)
    assert sheet.shape == (8, 26, 3)
    for i, left in enumerate((0, 9, 18)):
        np.testing.assert_array_equal(sheet[:, left : left + 8], triplet[i])
    assert (sheet[:, [8, 17]] == 255).all()
    grey = side_by_side(triplet[..., :1])
    np.testing.assert_array_equal(grey[:, :8], np.repeat(triplet[0, ..., :1], 3, axis=-1))


def test_the_sheet_tells_distances_and_what_is_in_the_wrong_order(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 255, (3, 3, 8, 8, 1)).astype(np.uint8)
    figure = triplet_sheet(pixels, np.array([[0.1, 0.9], [0.7, 0.4], [0.2, NAN]]))
    drawn(figure)
    said = texts(figure).split("\n")
    assert {"anchor", "positive", "negative", "0.100", "0.900", "0.700", "0.400", "?"} <= set(said)
    assert said.count("wrong order") == 1


def test_a_long_list_of_triplets_is_cut(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 255, (40, 3, 8, 8, 1)).astype(np.uint8)
    figure = triplet_sheet(pixels, rng.random((40, 2)))
    assert len(figure.axes) == 24
    assert "the first 24 of 40" in texts(figure)


def test_no_triplets_and_wrong_shapes(rng: np.random.Generator) -> None:
    none = triplet_sheet(np.zeros((0, 3, 8, 8, 1), np.uint8), np.zeros((0, 2)))
    assert "no triplet was mined" in texts(none)
    pixels = np.zeros((2, 3, 8, 8, 1), np.uint8)
    with pytest.raises(ValueError, match=r"distances: expected \[2, 2\], got \[3, 2\]"):
        triplet_sheet(pixels, np.zeros((3, 2)))
    with pytest.raises(ValueError, match="pixels: expected"):
        triplet_sheet(pixels[:, :2], np.zeros((2, 2)))


def test_the_users_own_style_changes_nothing(rng: np.random.Generator, tmp_path: Path) -> None:
    data = everything(rng)
    usual = [path.read_bytes() for path in draw_all(tmp_path / "a", data)]
    with matplotlib.rc_context({"font.size": 30, "savefig.dpi": 10, "axes.grid": False}):
        assert usual == [path.read_bytes() for path in draw_all(tmp_path / "b", data)]
