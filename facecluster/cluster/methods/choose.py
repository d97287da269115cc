"""The method that the settings name, with the distance that suits the library."""

from __future__ import annotations

from facecluster.cluster.base import Clusterer
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.methods.auto import Auto
from facecluster.cluster.methods.density import Density
from facecluster.cluster.methods.kmeans import UnitKMeans
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.config import ClusterConfig


def make_clusterer(
    config: ClusterConfig, curve: FalseAcceptCurve, count: int, tuning: Tuning = DEFAULT
) -> Clusterer:
    """The estimator that `config.method` names, for `count` faces.

    Where the user gave a distance, it is taken as it is; `Auto` moves all of its thresholds with
    it. Otherwise the distance is the one within which a face may expect `tuning.expected` strangers
    among that many.
    """
    given, search = config.distance, tuning.search
    if given is not None:
        curve = curve.wider(given / curve.distance)
    auto = Auto(curve, tuning.auto, search)
    if config.method == "auto":
        return auto
    expected: float = getattr(tuning.expected, config.method) / max(count, 1)
    rate = min(expected, tuning.expected.widest) * curve.tolerance
    distance = curve.limit(rate) if given is None else given
    if config.method == "kmeans":
        keep_all = config.people is not None and given is None
        people, seed = config.people, config.seed
        return UnitKMeans(auto, distance, people, keep_all, seed, tuning.kmeans, search)
    if config.method == "hdbscan":
        return Density(distance, config.min_photos, tuning.density, search)
    return AverageLinkage(distance, search)
