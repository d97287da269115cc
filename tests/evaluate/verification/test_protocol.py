"""From pairs of pictures to the figures that are reported."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from facecluster.embed.embedder import Embedder
from facecluster.errors import FaceclusterError, SettingsError
from facecluster.evaluate.verification.folds import verify
from facecluster.evaluate.verification.pair_lists import Pairs
from facecluster.evaluate.verification.protocol import enough, figures, verify_pairs
from facecluster.evaluate.verification.roc import draw_roc, roc_format


@pytest.fixture
def pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances, same flags and ten folds of 60 pairs."""
    same = np.tile([True, False], 300)
    distances = rng.normal(np.where(same, 0.06, 0.14), 0.03)
    return distances, same, np.repeat(np.arange(10), 60)


def test_ten_folds_are_those_of_the_protocol(pairs) -> None:
    found, wanted = figures(*pairs, own_threshold=0.2), verify(*pairs)
    assert found.accuracy == wanted.accuracy
    assert found.standard_error == wanted.standard_error
    assert found.threshold == wanted.threshold
    assert found.auc == pytest.approx(roc_auc_score(pairs[1], -pairs[0]))
    assert (found.same, found.different, found.folds) == (300, 300, 10)


def test_one_fold_is_judged_by_the_models_own_threshold(pairs) -> None:
    distances, same, _ = pairs
    found = figures(distances, same, np.zeros(600, np.int64), own_threshold=0.11)
    slow = sum((d <= 0.11) == s for d, s in zip(distances, same, strict=True)) / 600
    assert found.accuracy == pytest.approx(slow)
    assert found.standard_error is None
    assert (found.threshold, found.folds) == (0.11, 1)
    assert found.auc == verify(*pairs).auc


def test_rates_that_the_pairs_cannot_tell_have_no_value(pairs) -> None:
    tar = dict(figures(*pairs, own_threshold=0.1).tar)
    assert tar[1e-1] is not None
    assert tar[1e-2] is not None
    assert tar[1e-3] is None
    assert tar[1e-4] is None


@pytest.mark.parametrize(("rate", "different", "can"), [
    (1e-3, 1000, True), (1e-3, 999, False), (1e-1, 10, True), (1e-4, 9999, False),
    (1e-2, 100, True), (1e-4, 10_000, True),
])  # fmt: skip
def test_enough_pairs(rate: float, different: int, can: bool) -> None:
    assert enough(rate, different) is can


def test_one_kind_of_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="same and different"):
        figures(np.array([0.1, 0.2]), np.array([True, True]), np.array([0, 1]), 0.1)


def test_pairs_of_pictures(colours: Path, colour_model: Path) -> None:
    first = ("red/red_0001.png", "blue/blue_0001.png") * 2
    second = ("red/red_0002.png", "red/red_0003.png") * 2
    pairs = Pairs(first, second, np.array([True, False] * 2), np.array([0, 0, 1, 1]))
    model = Embedder(colour_model)
    found = verify_pairs(model, pairs, colours, threads=2)
    assert found.pictures == 4
    assert found.without_face == ()
    assert found.figures.accuracy == 1
    assert (found.distances[[0, 2]] < 0.01).all()
    assert (found.distances[[1, 3]] > 0.5).all()


def test_pictures_without_a_face_are_listed(
    tmp_path: Path, astronaut: np.ndarray, hopper: np.ndarray
) -> None:
    for name, pixels in (("A_0001", astronaut), ("A_0002", astronaut[:, ::-1]), ("B_0001", hopper)):
        (tmp_path / name[0]).mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / name[0] / f"{name}.jpg")
    Image.new("RGB", (300, 300), (40, 90, 140)).save(tmp_path / "B" / "B_0002.jpg")
    names = ("A/A_0001.jpg", "A/A_0001.jpg"), ("A/A_0002.jpg", "B/B_0002.jpg")
    pairs = Pairs(*names, np.array([True, False]), np.array([0, 0]))
    found = verify_pairs(Embedder(), pairs, tmp_path)
    assert found.without_face == ("B/B_0002.jpg",)
    assert found.figures.accuracy == 1


def test_a_damaged_picture_ends_it(colours: Path, colour_model: Path) -> None:
    (colours / "red" / "red_0002.png").write_bytes(b"\x89PNG\r\n\x1a\n, and no more")
    pairs = Pairs(("red/red_0001.png",), ("red/red_0002.png",), np.array([True]), np.array([0]))
    with pytest.raises(FaceclusterError, match=r"red_0002\.png: cannot be read"):
        verify_pairs(Embedder(colour_model), pairs, colours)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_curve_is_drawn(pairs, form: str) -> None:
    drawn = draw_roc(pairs[0], pairs[1], "cost $5 or $6 _^", form)
    if form == "png":
        assert Image.open(io.BytesIO(drawn)).size == (960, 720)
    else:
        assert drawn[:5] == {"svg": b"<?xml", "pdf": b"%PDF-"}[form]


def test_formats_of_the_curve() -> None:
    assert roc_format(Path("x.PNG")) == "png"
    for name in ("x.jpg", "x"):
        with pytest.raises(SettingsError, match=r"^`roc`: .* end it in \.png, \.svg, \.pdf"):
            roc_format(Path(name))


@pytest.mark.realdata
def test_the_first_fold_of_lfw(shared_data: Path) -> None:
    from facecluster.evaluate.verification.pair_lists import read_pairs, resolve

    images = shared_data / "lfw" / "images"
    pairs = resolve(read_pairs(shared_data / "lfw" / "pairs.txt"), images)
    rows = np.r_[0:60, 300:360]  # 60 of each kind of the first fold
    few = Pairs(
        tuple(pairs.first[i] for i in rows),
        tuple(pairs.second[i] for i in rows),
        pairs.same[rows],
        np.repeat([0, 1, 0, 1], 30),
    )
    found = verify_pairs(Embedder(), few, images)
    assert found.without_face == ()
    assert found.figures.auc > 0.995
    assert found.figures.accuracy > 0.97
