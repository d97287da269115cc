"""The table of false-accept rates against a slow loop over all pairs."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.evaluate.calibration import calibrate

BIN = 2.0 / calibrate.BINS


@pytest.fixture
def faces(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """1,100 unit embeddings (more than two blocks of rows) of 150 people."""
    people = rng.integers(0, 150, 1100)
    rows = rng.normal(size=(150, 16))[people] + 0.5 * rng.normal(size=(1100, 16)) + 1.0
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), people


def slow_distances(embeddings: np.ndarray, people: np.ndarray) -> np.ndarray:
    found = []
    for i in range(len(people)):
        other = people[i + 1 :] != people[i]
        found.append(1.0 - embeddings[i + 1 :][other].astype(np.float64) @ embeddings[i])
    return np.sort(np.concatenate(found))


def test_every_pair_of_strangers_is_counted_once(faces) -> None:
    counts = calibrate.stranger_counts(*faces)
    distances = slow_distances(*faces)
    assert counts.sum() == len(distances)
    # A few of 580,000 distances may fall on the other side of an edge for float32's sake.
    edges = np.arange(0, calibrate.BINS, 1000)
    wanted = np.searchsorted(distances, edges * BIN)
    have = np.concatenate([[0], np.cumsum(counts)])[edges]
    assert np.abs(wanted - have).max() <= 10


def test_table_keeps_its_promise(faces) -> None:
    distances = slow_distances(*faces)
    table = calibrate.far_table(*faces)
    assert [rate for rate, _ in table] == [1e-1, 1e-2, 1e-3, 1e-4]  # 1e-5 would rest on 6 pairs
    for rate, threshold in table:
        assert np.mean(distances <= threshold - BIN) <= rate
        assert np.mean(distances <= threshold + 2 * BIN) > rate


def test_result_does_not_depend_on_the_order_of_faces(faces, rng) -> None:
    embeddings, people = faces
    order = rng.permutation(len(people))
    before = np.array(calibrate.far_table(embeddings, people))
    after = np.array(calibrate.far_table(embeddings[order], people[order]))
    np.testing.assert_allclose(before, after, atol=2 * BIN)


def test_one_person_only_is_refused() -> None:
    with pytest.raises(ValueError, match="two people"):
        calibrate.far_table(np.eye(4, dtype=np.float32), np.zeros(4, np.int64))
