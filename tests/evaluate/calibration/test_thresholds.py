"""The grouping distance: hand-made groups, and a search over every cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering

from facecluster.cluster.metrics import bcubed
from facecluster.evaluate.calibration.thresholds import CUT, grouping_distance


def people(rng: np.random.Generator, count: int, each: int, spread: float):  # type: ignore[no-untyped-def]
    centres = rng.normal(size=(count, 16))
    rows = np.repeat(centres, each, axis=0) + spread * rng.normal(size=(count * each, 16))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), np.repeat(np.arange(count), each)


def grouped(embeddings: np.ndarray, distance: float) -> np.ndarray:
    made = AgglomerativeClustering(
        None, distance_threshold=distance, metric="cosine", linkage="average"
    )
    return np.asarray(made.fit_predict(embeddings))


def widest(embeddings: np.ndarray, labels: np.ndarray) -> float:
    """By a loop over all pairs: where `own` of the same ones lie, within the bounds of others."""
    same, strangers = [], []
    for i in range(len(labels)):
        for j in range(i):
            mine = same if labels[i] == labels[j] else strangers
            mine.append(1 - float(embeddings[i].astype(np.float64) @ embeddings[j]))
    strict, loose = (
        np.quantile(strangers, CUT.strangers),
        np.quantile(strangers, CUT.most_strangers),
    )
    return float(min(max(np.quantile(same, CUT.own), strict), loose))


def test_clear_groups_are_found_again(rng: np.random.Generator) -> None:
    embeddings, labels = people(rng, 6, 5, 0.1)
    distance = grouping_distance(embeddings, labels)
    assert bcubed(labels, grouped(embeddings, distance)).f == 1.0


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 6))
def test_no_other_cut_is_much_better(seed: int, count: int, each: int) -> None:
    rng = np.random.default_rng(seed)
    embeddings, labels = people(rng, count, each, 0.5)
    distance = grouping_distance(embeddings, labels)
    limit = widest(embeddings, labels)
    assert distance <= limit + 1e-4
    found = bcubed(labels, grouped(embeddings, distance)).f
    best = max(bcubed(labels, grouped(embeddings, c)).f for c in np.linspace(0.001, limit, 40))
    assert found >= best - 0.02


def test_sets_without_an_answer_get_the_middle() -> None:
    alone = np.eye(3, dtype=np.float32)
    assert grouping_distance(alone, np.arange(3)) == CUT.no_answer
    assert grouping_distance(alone, np.zeros(3, np.int64)) == CUT.no_answer


def test_large_sets_are_sampled_the_same_way_each_time(rng: np.random.Generator) -> None:
    embeddings, labels = people(rng, 30, 100, 0.2)
    assert len(labels) > CUT.most
    first = grouping_distance(embeddings, labels)
    assert first == grouping_distance(embeddings, labels)
    assert bcubed(labels, grouped(embeddings, first)).f > 0.95


def test_a_model_that_knows_nothing_does_not_join_everybody(rng: np.random.Generator) -> None:
    embeddings, _ = people(rng, 4, 10, 3.0)
    labels = np.repeat(np.arange(4), 10)
    assert grouped(embeddings, grouping_distance(embeddings, labels)).max() >= 9


def test_the_weaker_a_model_the_more_strangers_it_bears(rng: np.random.Generator) -> None:
    shares = []
    for spread in (0.3, 0.8, 1.2):
        embeddings, labels = people(rng, 5, 60, spread)
        first, second = np.triu_indices(len(labels), 1)
        distances = (1 - embeddings @ embeddings.T)[first, second]
        strangers = distances[labels[first] != labels[second]]
        shares.append(np.mean(strangers <= grouping_distance(embeddings, labels)))
    assert shares[0] <= CUT.strangers < shares[1] < shares[2] <= CUT.most_strangers + 1e-3
