"""Whether the forms of a method for many faces give the groups that its exact form gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from benchmarks.scale.crowds import Library
from facecluster.cluster.base import Clusterer
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.methods.choose import make_clusterer
from facecluster.cluster.metrics import without_noise
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.config import ClusterConfig
from facecluster.distances import distances
from facecluster.records import Floats, Ints

METHODS = ("agglomerative", "hdbscan", "kmeans")
ALWAYS, NEVER = 0, 1 << 40  # faces up to which a method is exact
EXACT, GRAPH, INDEX, BATCHES = "exact", "sparse graph", "sparse graph of an index", "mini-batches"
FORMS = {"agglomerative": (GRAPH, INDEX), "hdbscan": (GRAPH, INDEX), "kmeans": (BATCHES,)}


def agree(
    made: Library, method: str, table: Sequence[tuple[float, float]], distance: float
) -> dict[str, Any]:
    """Adjusted Rand index of each form with the exact one, over all good faces; a face that is
    noise counts as a group of its own (Hubert and Arabie, "Comparing partitions", 1985)."""
    good = np.nonzero(made.quality >= DEFAULT.gate.trusted)[0]
    rows, photo = made.faces.embeddings[good], made.faces.photo[good]
    curve = FalseAcceptCurve(table, distance)

    def fit(form: str) -> Clusterer:
        clusterer = make_clusterer(_config(method), curve, len(rows), tuning(form))
        with threadpool_limits(limits=1):
            return clusterer.fit(rows, photo)

    exact = fit(EXACT)
    truth = without_noise(exact.labels_)
    if isinstance(exact, AverageLinkage):
        truth = full_matrix(rows, photo, exact.distance)
    found = {form: without_noise(fit(form).labels_) for form in FORMS[method]}
    return {
        "asked": len(rows),
        "groups": int((np.bincount(truth) > 1).sum()),
        "ari": {form: float(adjusted_rand_score(truth, other)) for form, other in found.items()},
    }


def _config(method: str) -> ClusterConfig:
    return ClusterConfig(method=method)  # type: ignore[arg-type]


def tuning(form: str) -> Tuning:
    """The shipped numbers but for the sizes from which the methods change their form."""
    tree = ALWAYS if form in {GRAPH, INDEX} else NEVER
    batches = ALWAYS if form == BATCHES else NEVER
    index = ALWAYS if form == INDEX else NEVER
    return replace(
        DEFAULT,
        density=replace(DEFAULT.density, exact_faces=tree),
        kmeans=replace(DEFAULT.kmeans, exact_faces=batches),
        search=replace(DEFAULT.search, exact_faces=index, exact_comparisons=index),
    )


def full_matrix(rows: Floats, photo: Ints, distance: float) -> NDArray[np.int64]:
    """Average linkage by scikit-learn from all distances; faces of one photo stay apart."""
    apart = distances(rows, rows).astype(np.float64)
    # One such pair among at most N^2 / 4 keeps the mean of two groups above the distance.
    apart[photo[:, None] == photo[None, :]] = (distance + 2) * len(rows) ** 2
    np.fill_diagonal(apart, 0)
    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=distance
    )
    return np.asarray(model.fit_predict(apart), np.int64)
