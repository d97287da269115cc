"""People who are not clear, and a curve on which their distances are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.false_accept_curve import FalseAcceptCurve


@pytest.fixture
def curve() -> FalseAcceptCurve:
    return FalseAcceptCurve(((1e-1, 1.2), (1e-2, 1.0), (1e-3, 0.8), (1e-4, 0.6)), 0.7)


@pytest.fixture
def grouped(people, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Labels of five people and of nobody, shuffled, with embeddings far from clear."""
    rows, truth = people([2, 3, 5, 9, 4, 6], spread=0.8)
    order = rng.permutation(len(rows))
    labels = np.where(truth == 5, -1, truth).astype(np.int32)
    return labels[order], rows[order]
