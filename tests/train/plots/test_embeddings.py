"""Embeddings in two dimensions: the axes of scikit-learn, and every point in its class."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from facecluster.train.plots.draw import save, scatter
from facecluster.train.plots.embeddings import NAMED, principal
from tests.support.figures import drawn, texts

NAN = math.nan


def test_principal_axes_are_those_of_scikit_learn_and_of_the_singular_values(
    rng: np.random.Generator,
) -> None:
    values = (rng.normal(size=(50, 6)) * [5, 3, 1, 1, 1, 1] + 7).astype(np.float32)
    points, shares = principal(values)
    pca = PCA(2).fit(values)
    np.testing.assert_allclose(np.abs(points), np.abs(pca.transform(values)), atol=1e-4)
    np.testing.assert_allclose(shares, pca.explained_variance_ratio_, atol=1e-6)
    singular = np.linalg.svd(values - values.mean(0), compute_uv=False)
    np.testing.assert_allclose(shares, singular[:2] ** 2 / (singular**2).sum(), atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 5), (3, 1), (7, 2), (2, 2)])
def test_few_points_or_numbers_still_have_two_axes(
    rng: np.random.Generator, shape: tuple[int, int]
) -> None:
    values = rng.normal(size=shape)
    points, shares = principal(values)
    assert points.shape == (shape[0], 2)
    assert shares.sum() == pytest.approx(1)
    # All of the distances are kept, as there are no more than two dimensions to show.
    gaps = np.linalg.norm(values[:, None] - values[None], axis=-1)
    seen = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.testing.assert_allclose(seen, gaps, atol=1e-9)


def test_collapsed_embeddings_are_one_point() -> None:
    points, shares = principal(np.full((9, 4), 0.3, dtype=np.float32))
    assert not points.any()
    assert not shares.any()
    drawn(scatter(None, np.full((9, 4), 0.3), np.zeros(9, np.int64), ["one"]))


def test_the_scatter_shows_every_finite_point_of_its_class(rng: np.random.Generator) -> None:
    after = rng.normal(size=(40, 5))
    after[3] = NAN
    labels = np.repeat([0, 1, 2, 3], 10)
    figure = scatter(after[:, :2].copy(), after, labels, ["a", "b", "c", "d"], ["c"])
    drawn(figure)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Before training",
        "After training",
    ]
    groups = [c.get_offsets() for c in figure.axes[1].collections if len(c.get_offsets())]
    assert [len(group) for group in groups] == [9, 10, 10, 10]
    points, _ = principal(after[np.isfinite(after).all(1)])
    np.testing.assert_allclose(np.concatenate(groups), points)
    hollow = [
        not len(c.get_facecolor()) for c in figure.axes[1].collections if len(c.get_offsets())
    ]
    assert hollow == [True, True, False, True]
    assert "training never saw" in texts(figure)


def test_names_are_shown_as_they_are(rng: np.random.Generator) -> None:
    names = ["_private", "$x^2$", "$broken", "Å" * 50, "plain"]
    figure = scatter(None, rng.normal(size=(10, 3)), np.arange(10) % 5, names)
    drawn(figure)
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["_private", "$x^2$", "$broken", "Å" * 21 + "…", "plain"]


def test_many_classes_share_one_grey(rng: np.random.Generator) -> None:
    labels = np.concatenate([np.arange(30), np.arange(10, 30)])
    names = [f"class {i}" for i in range(30)]
    shown = scatter(None, rng.normal(size=(50, 3)), labels, names).legends[0].get_texts()
    assert [text.get_text() for text in shown] == [*names[10:], "10 other classes"]
    assert len(shown) == NAMED + 1


def test_a_name_that_the_font_lacks_makes_no_noise(
    rng: np.random.Generator, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    save(
        scatter(None, rng.normal(size=(4, 3)), np.zeros(4, np.int64), ["名前"]), tmp_path / "a.png"
    )
    assert not recwarn.list


@pytest.mark.parametrize("values", [np.full((5, 3), NAN), np.zeros((1, 3))])
def test_too_few_embeddings_are_said(values: np.ndarray) -> None:
    figure = scatter(None, values, np.zeros(len(values), np.int64), ["one"])
    drawn(figure)
    assert "too few embeddings to show" in texts(figure)
