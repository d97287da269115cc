"""The map of faces against a peer library and by its invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from facecluster.report.scatter import pca, pick


def test_agrees_with_scikit_learn(rng):
    vectors = (rng.normal(size=(200, 16)) * np.linspace(3, 0.1, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ours = pca(vectors, np.zeros(200, np.int32), np.ones(200, bool))
    peer = PCA(2).fit(vectors.astype(float))
    theirs = peer.transform(vectors.astype(float))
    theirs /= np.abs(theirs).max()
    signs = np.sign((theirs * ours.points).sum(axis=0))
    np.testing.assert_allclose(ours.points, theirs * signs, atol=1e-6)
    np.testing.assert_allclose(ours.explained, peer.explained_variance_ratio_, atol=1e-6)


def test_the_scale_of_faces_moves_nobody(rng):
    """Crowded faces are no place of their own on the map."""
    vectors = rng.normal(size=(60, 8)).astype(np.float32) + 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    longer = vectors * rng.uniform(0.5, 2, (60, 1)).astype(np.float32)
    maps = [pca(rows, np.zeros(60, np.int32), np.ones(60, bool)) for rows in (vectors, longer)]
    np.testing.assert_allclose(maps[0].points, maps[1].points, atol=1e-5)


@given(st.integers(0, 60), st.integers(1, 40), st.integers(1, 6))
def test_pick_is_even_and_ascending(n, limit, people):
    labels = (np.arange(n) % people).astype(np.int32)
    drawn = np.arange(n) % 3 != 0
    rows = pick(labels, drawn, limit)
    assert len(rows) == min(limit, drawn.sum())
    assert (np.diff(rows) > 0).all()
    assert drawn[rows].all()
    shares = np.bincount(labels[rows], minlength=people) / max(1, len(rows))
    wanted = np.bincount(labels[drawn], minlength=people) / max(1, drawn.sum())
    assert (np.abs(shares - wanted) <= 2 / max(1, len(rows))).all()


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("dimension", [1, 2, 8])
def test_few_or_equal_faces_stay_finite(n, dimension):
    for vectors in (np.ones((n, dimension)), np.eye(max(n, 1), dimension)[:n]):
        cloud = pca(vectors.astype(np.float32), np.zeros(n, np.int32), np.ones(n, bool))
        assert cloud.points.shape == (n, 2)
        assert np.isfinite(cloud.points).all()
        assert np.abs(cloud.points).max(initial=0) <= 1
