"""What evidence is measured in."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.confidence.features import rarity, size_features
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.tuning import EvidenceLimits


def test_rarity_counts_decades(curve: FalseAcceptCurve) -> None:
    distances = np.array([0.6, 0.8, 0.9, 2.0, np.nan, -50])
    np.testing.assert_allclose(rarity(curve, distances), [4, 3, 2.5, 0, 0, 9], atol=1e-9)
    found = rarity(curve, distances, EvidenceLimits(rarest=1e-3))
    np.testing.assert_allclose(found, [3, 3, 2.5, 0, 0, 3], atol=1e-9)


def test_sizes_count_doublings() -> None:
    labels = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, -1, -1, -1], np.int32)
    found = np.stack(size_features(labels, np.array([8, 1])), axis=1)
    np.testing.assert_allclose(found, [[3, 2, 1, 2], [0, 0, 1, 2]])
    found = size_features(labels, np.array([8, 1]), EvidenceLimits(a_few=2))
    np.testing.assert_allclose(found[1], [1, 0])
