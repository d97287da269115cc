"""What remains of distances by hand, and a fit that finds what it was made of."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnx")

from benchmarks.common.altered.kinds import AS_IT_IS
from fitting.odd.faces import Face, Faces, remaining
from fitting.odd.model import OddTuning, fit


def face(embedding: np.ndarray) -> Face:
    two = np.zeros(2, np.float32)
    return Face(embedding.astype(np.float32), two, 0.9, 0.9, np.ones(4), np.ones((5, 2)), two)


def around(spread: float, count: int, rng: np.random.Generator) -> np.ndarray:
    rows = np.array([1.0, 0, 0, 0]) + np.c_[np.zeros(count), rng.normal(0, spread, (count, 3))]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_what_remains_is_the_distance_to_strangers_altered_alike(rng) -> None:
    """Faces half as far apart in angle have a quarter of the cosine distance; the nearest faces of
    the same person do not count, and a kind of few faces says nothing."""
    plain = around(0.1, 60, rng)
    narrow = plain * [1, 0.5, 0.5, 0.5]
    narrow /= np.linalg.norm(narrow, axis=1, keepdims=True)
    rows = [(i, f"p{i}", AS_IT_IS, face(row)) for i, row in enumerate(plain)]
    rows += [(i, f"p{i}", "alike", face(row)) for i, row in enumerate(narrow)]
    rows += [(i, f"p{i}", "few", face(row)) for i, row in enumerate(plain[:10])]
    faces = Faces(rows)
    found = remaining(faces)
    assert found[faces.kind == AS_IT_IS] == pytest.approx(np.ones(60))
    assert found[faces.kind == "alike"] == pytest.approx(np.full(60, 0.25), abs=0.03)
    assert np.isnan(found[faces.kind == "few"]).all()
    same = Faces([(i, "one", kind, f) for i, _, kind, f in rows])
    assert remaining(same)[same.kind == "alike"] == pytest.approx(np.ones(60))  # no stranger known


def test_the_fit_finds_the_activation_that_tells(rng) -> None:
    means = rng.normal(5, 2, (3000, 6)).astype(np.float32)
    strange = means[:, 2] > 6
    remains = np.where(strange, 0.5, 1.0)
    usual = rng.random(3000) < 0.3
    remains[usual & ~strange] = np.nan
    model = fit(means[~(usual & strange)], remains[~(usual & strange)], usual[~(usual & strange)])
    told = model.familiarity(means)
    assert np.abs(model.weights).argmax() == 2
    assert told[strange].mean() < 0.85  # the margin forgives a part
    assert told[~strange].mean() > 0.97


def test_the_margin_is_how_far_a_face_may_go_unsaid(rng) -> None:
    means = rng.normal(0, 1, (500, 3)).astype(np.float32)
    remains, usual = np.exp(0.2 * means[:, 0]).clip(0.4, 1).astype(float), np.zeros(500, bool)
    shy, bold = (fit(means, remains, usual, OddTuning(margin=margin)) for margin in (0.2, 0.05))
    one, other = shy.familiarity(means), bold.familiarity(means)
    assert (one >= other).all()
    assert other[other < 1].size > one[one < 1].size > 0
