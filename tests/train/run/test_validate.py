"""Validation figures against scikit-learn and a slow loop."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from facecluster.train.data.pair_rows import draw_pairs
from facecluster.train.material import Validation
from facecluster.train.records import Pictures
from facecluster.train.run.validate import (
    calibrate,
    calibrations,
    distances_of,
    judge_pairs,
    nearest_accuracy,
)


def people(rng: np.random.Generator, spread: float) -> tuple[np.ndarray, np.ndarray]:
    centres = rng.normal(size=(6, 12))
    rows = np.repeat(centres, 20, axis=0) + spread * rng.normal(size=(120, 12))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), np.repeat(np.arange(6), 20)


def test_pairs_are_judged_as_scikit_learn_does(rng: np.random.Generator) -> None:
    embeddings, labels = people(rng, 0.8)
    pairs = draw_pairs(labels, np.arange(120), 300, seed=1)
    verdict = judge_pairs(embeddings, pairs)
    distances = distances_of(embeddings, pairs)
    for row in range(0, len(pairs), 37):
        a, b = embeddings[pairs.first[row]], embeddings[pairs.second[row]]
        assert distances[row] == pytest.approx(1 - float(a @ b), abs=1e-6)
    assert verdict.auc == pytest.approx(roc_auc_score(pairs.same, -distances))
    best = max(np.mean((distances <= t) == pairs.same) for t in distances)
    assert best - 0.05 < verdict.accuracy <= best
    allowed = np.sort(distances[~pairs.same])[int(0.01 * (~pairs.same).sum())]
    assert verdict.tar_1e2 == pytest.approx(np.mean(distances[pairs.same] < allowed), abs=0.02)


def test_nearest_neighbours_are_those_of_scikit_learn(rng: np.random.Generator) -> None:
    embeddings, labels = people(rng, 0.7)
    gallery, probes = np.arange(0, 120, 2), np.arange(1, 120, 2)
    peer = KNeighborsClassifier(1, metric="cosine").fit(embeddings[gallery], labels[gallery])
    found = nearest_accuracy(
        embeddings[gallery], labels[gallery], embeddings[probes], labels[probes]
    )
    assert found == peer.score(embeddings[probes], labels[probes])
    assert np.isnan(nearest_accuracy(embeddings, labels, embeddings[:0], labels[:0]))


def test_calibration_has_ascending_strictness(rng: np.random.Generator) -> None:
    embeddings, labels = people(rng, 0.3)
    made = calibrate(embeddings, labels, "made up")
    rates, distances = zip(*made.far_table, strict=True)
    assert list(rates) == sorted(rates, reverse=True)
    strangers = 1 - (embeddings @ embeddings.T)[labels[:, None] != labels]
    for rate, distance in zip(rates, distances, strict=True):
        assert np.mean(strangers <= distance) == pytest.approx(rate, abs=2e-3)
    assert 0 < made.distance < strangers.max()


def test_both_views_are_calibrated(rng: np.random.Generator) -> None:
    one, labels = people(rng, 0.3)
    other, _ = people(rng, 0.9)
    pictures = Pictures(
        np.zeros((120, 8, 8, 1), np.uint8),
        labels.astype(np.int64),
        tuple("abcdef"),
        tuple(map(str, range(120))),
    )
    pairs = draw_pairs(labels, np.arange(120), 50, seed=1)
    both = calibrations((one, other), Validation(pictures, np.arange(120), pairs, "made up"))
    assert both["plain"] == calibrate(one, pictures.labels, "made up, one view")
    assert both["mirror"].measured_on == "made up, with mirror view"
    assert both["mirror"].far_table != both["plain"].far_table
