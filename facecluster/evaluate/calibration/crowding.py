"""Fit how crowded the surroundings of a face are, from pictures of strangers.

r, the mean cosine distance of a face to the strangers nearest to it, is small where a model puts
many people into one place, as most put children. A small network learns log r of the embedding, so
that no stranger's face need be kept.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.distances import distances, scaled, units
from facecluster.embed.crowding import CrowdingNetwork, Layer
from facecluster.embed.spec import Crowding
from facecluster.errors import FaceclusterError
from facecluster.records import Floats

_ROWS = 512  # rows of one block: 512 x 20,000 distances are 40 MB


@dataclass(frozen=True, slots=True)
class CrowdingTuning:
    """How crowding is fitted: docs/decisions/014-crowding.md.

    nearest: strangers that r is the mean of, but at most the `share` of all. duplicate: of the
    median distance of strangers; who is nearer is the same picture. same_person: of the median
    distance under a first fit; average linkage within it finds the strangers who are there twice,
    unless less than the share `least_once` would remain.
    exponent: of the scale (embed/spec.py). knee: of the median r of usual faces; what lies
    below it counts as `steeper` times as far below, and below `children` of that median as `slower`
    times. fewest: strangers without
    which nothing is fitted. least: correlation of told and measured log r on strangers held out,
    below which nothing is gained. held_out: their share. most: usual faces that are looked at.
    bounds: the shares of log r that are kept within the network's bounds. hidden, alpha, passes,
    seed: of the network, its weight decay and its training.
    """

    nearest: int = 5
    share: float = 1 / 40
    duplicate: float = 0.1
    same_person: float = 0.31
    least_once: float = 0.8
    exponent: float = 0.5
    knee: float = 0.88
    steeper: float = 2.8
    children: float = 0.67
    slower: float = 1.9
    fewest: int = 200
    least: float = 0.5
    held_out: float = 0.2
    most: int = 5000
    bounds: tuple[float, float] = (0.001, 0.999)
    hidden: tuple[int, ...] = (64, 32)
    alpha: float = 0.3
    passes: int = 200
    seed: int = 0


CROWDING = CrowdingTuning()


@dataclass(frozen=True, slots=True)
class FittedCrowding:
    """network: fitted to all strangers. correlation: between told and measured log r on strangers
    held out, by a network that never saw them. strangers: how many different people."""

    network: CrowdingNetwork
    correlation: float
    strangers: int


def fit_crowding(
    strangers: Floats, usual: Floats, about: str, tuning: CrowdingTuning = CROWDING
) -> FittedCrowding:
    """The network that tells the scale of a face by a model.

    strangers: float32 [M, D], a face a person; any lengths. usual: float32 [N, D], faces as the
    model is used for, of any people: the network learns their surroundings among the strangers as
    well, and their median scale becomes 1, so that distances stay as large as they were. about:
    which strangers these are. Raises FaceclusterError with fewer than `fewest`, and where the
    embedding does not tell how crowded a stranger's surroundings are.
    """
    faces = units(strangers)
    check_count(len(faces), about, tuning)
    nearest = max(1, min(tuning.nearest, int(len(faces) * tuning.share)))
    others = units(_some(usual, tuning))
    with threadpool_limits(limits=1):  # small products: threads only wait for each other
        correlation = _held_out_correlation(faces, others, nearest, tuning)
        if not correlation >= tuning.least:
            raise FaceclusterError(
                f"{about}: of no help, since the embeddings do not tell how crowded a face is "
                f"(correlation {correlation:.2f} on strangers held out, at least {tuning.least} "
                "is wanted); more pictures, or of more kinds of people, may"
            )
        once = _once(faces, _output(_fitted(faces, others, nearest, tuning)[0], faces), tuning)
        if len(once) < tuning.least_once * len(faces):  # it is the model that tells few apart
            once = np.arange(len(faces))
        layers, log_r = _fitted(faces[once], others, nearest, tuning)
    low, high = map(float, np.quantile(log_r, tuning.bounds))
    known = others if len(others) else faces
    typical = float(np.exp(np.median(np.clip(_output(layers, known), low, high))))
    told = Crowding(tuning.exponent, typical, nearest, about)
    network = CrowdingNetwork(layers, low, high, told)
    return FittedCrowding(network, correlation, len(once))


def check_count(strangers: int, about: str, tuning: CrowdingTuning = CROWDING) -> None:
    """Raise FaceclusterError where so few say nothing of how crowded faces are."""
    if strangers < tuning.fewest:
        raise FaceclusterError(
            f"{about}: too few to tell how crowded faces are; `strangers` needs at least "
            f"{tuning.fewest} pictures, each of another person"
        )


def _some(usual: Floats, tuning: CrowdingTuning) -> Floats:
    if len(usual) <= tuning.most:
        return usual
    rows = np.random.default_rng(tuning.seed).choice(len(usual), tuning.most, replace=False)
    return usual[np.sort(rows)]


def crowding(
    faces: Floats, cohort: Floats, nearest: int, duplicate: float = CROWDING.duplicate
) -> NDArray[np.float64]:
    """r of each face: float64 [N].

    faces: float32 [N, D], cohort: float32 [M, D], unit rows. nearest: how many of the cohort. Those
    nearer than the share `duplicate` of the median distance count as the face itself.
    """
    some = cohort[:: max(1, len(cohort) // 1000)]
    among = distances(some, some)[np.triu_indices(len(some), 1)]
    same = duplicate * float(np.median(among))
    found = np.empty(len(faces))
    for start in range(0, len(faces), _ROWS):
        apart = distances(faces[start : start + _ROWS], cohort)
        apart[apart < same] = np.inf
        near = np.partition(apart, nearest - 1, axis=1)[:, :nearest]
        known = np.isfinite(near)
        near[~known] = 0
        found[start : start + _ROWS] = near.sum(axis=1, dtype=np.float64) / np.maximum(
            known.sum(axis=1), 1
        )
    return np.maximum(found, 1e-6)


def _once(faces: Floats, log_r: NDArray[np.float64], tuning: CrowdingTuning) -> NDArray[np.int64]:
    """The first row of each different person, int64, ascending: collections of strangers hold some
    people several times, who would make their own surroundings crowded."""
    scale = np.exp(tuning.exponent / 2 * (np.median(log_r) - log_r)).astype(np.float32)
    rows = scaled(faces, scale)
    some = rows[:: max(1, len(rows) // 1000)]
    among = distances(some, some)[np.triu_indices(len(some), 1)]
    limit = tuning.same_person * float(np.median(among))
    labels = AverageLinkage(limit).fit(rows).labels_
    return np.sort(np.unique(labels, return_index=True)[1])


def _steepened(
    log_r: NDArray[np.float64], usual: NDArray[np.float64], tuning: CrowdingTuning
) -> NDArray[np.float64]:
    """log r as the scale takes it. usual: log r of usual faces."""
    typical = np.median(usual)
    knee, children = (typical + np.log(part) for part in (tuning.knee, tuning.children))
    steep = np.clip(knee - log_r, 0, knee - children)
    slow = np.maximum(children - log_r, 0)
    return np.asarray(log_r - (tuning.steeper - 1) * steep - (tuning.slower - 1) * slow, np.float64)


def _held_out_correlation(
    faces: Floats, others: Floats, nearest: int, tuning: CrowdingTuning
) -> float:
    """With all strangers but those as the cohort; nan where all are alike."""
    order = np.random.default_rng(tuning.seed).permutation(len(faces))
    many = int(len(faces) * tuning.held_out)
    judged, cohort = faces[order[:many]], faces[order[many:]]
    told = _output(_fitted(cohort, others, nearest, tuning)[0], judged)
    plain = crowding(np.concatenate([judged, others]), cohort, nearest, tuning.duplicate)
    log_r = np.log(plain)
    usual = log_r[many:] if len(others) else log_r
    measured = _steepened(log_r[:many], usual, tuning)
    if np.ptp(told) < 1e-9 or np.ptp(measured) < 1e-9:
        return float("nan")
    return float(np.corrcoef(told, measured)[0, 1])


def _output(layers: tuple[Layer, ...], faces: Floats) -> NDArray[np.float64]:
    x = faces.astype(np.float64)
    for number, (weights, bias) in enumerate(layers):
        x = np.asarray((np.maximum(x, 0) if number else x) @ weights + bias, np.float64)
    return np.asarray(x[:, 0], np.float64)


def _fitted(
    cohort: Floats, others: Floats, nearest: int, tuning: CrowdingTuning
) -> tuple[tuple[Layer, ...], NDArray[np.float64]]:
    """Layers from embedding to log r, and the log r of all faces that they were fitted to.

    Both are standardised for the fit, and the layers undo it.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    faces = np.concatenate([cohort, others])
    log_r = np.log(crowding(faces, cohort, nearest, tuning.duplicate))
    log_r = _steepened(log_r, log_r[len(cohort) :] if len(others) else log_r, tuning)
    x = faces.astype(np.float64)
    middle, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    level, reach = log_r.mean(), log_r.std() + 1e-9
    model = MLPRegressor(
        hidden_layer_sizes=tuning.hidden,
        alpha=tuning.alpha,
        max_iter=tuning.passes,
        early_stopping=True,
        random_state=tuning.seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last pass is as good as any
        model.fit((x - middle) / spread, (log_r - level) / reach)
    weights = [np.array(w) for w in model.coefs_]
    biases = [np.array(b) for b in model.intercepts_]
    weights[0] /= spread[:, None]
    biases[0] -= middle @ weights[0]
    weights[-1] *= reach
    biases[-1] = biases[-1] * reach + level
    exact = zip(weights, biases, strict=True)
    return tuple((w.astype(np.float32), b.astype(np.float32)) for w, b in exact), log_r
