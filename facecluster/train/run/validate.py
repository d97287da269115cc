"""What a network is worth: verification on fixed pairs, and nearest neighbours of seen classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.distances import paired_distances
from facecluster.evaluate.calibration.calibrate import far_table
from facecluster.evaluate.calibration.thresholds import grouping_distance
from facecluster.evaluate.verification.folds import verify
from facecluster.records import Floats
from facecluster.train.material import Validation
from facecluster.train.model.checkpoint import Calibration
from facecluster.train.records import Labels, RowPairs


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of one validation, as in history.EpochRow."""

    accuracy: float
    auc: float
    eer: float
    tar_1e2: float
    tar_1e3: float


def judge_pairs(embeddings: Floats, pairs: RowPairs) -> Verdict:
    """embeddings: float32 [N, D], unit rows, N the pictures that the pairs' rows speak of."""
    distances = distances_of(embeddings, pairs)
    found = verify(distances, pairs.same, pairs.fold)
    accepts = dict(found.tar)
    return Verdict(
        accuracy=found.accuracy,
        auc=found.auc,
        eer=found.eer,
        tar_1e2=accepts[1e-2],
        tar_1e3=accepts[1e-3],
    )


def distances_of(embeddings: Floats, pairs: RowPairs) -> NDArray[np.float64]:
    """float64 [P], the cosine distance of each pair."""
    return paired_distances(embeddings[pairs.first], embeddings[pairs.second])


def nearest_accuracy(
    gallery: Floats, gallery_labels: Labels, probes: Floats, probe_labels: Labels
) -> float:
    """Share of probes whose nearest gallery picture is of their class; nan without probes.

    gallery: float32 [G, D], probes: float32 [P, D], unit rows.
    """
    if not len(probes) or not len(gallery):
        return float("nan")
    right = 0
    for start in range(0, len(probes), 1024):  # 1024 x 60,000 similarities are 250 MB
        rows = slice(start, start + 1024)
        nearest = np.argmax(probes[rows] @ gallery.T, axis=1)
        right += int((gallery_labels[nearest] == probe_labels[rows]).sum())
    return right / len(probes)


def calibrations(views: tuple[Floats, Floats], val: Validation) -> dict[str, Calibration]:
    """Of a picture alone, and of its mean with its mirror image; views: as embed_views has them."""
    labels = val.pictures.labels[val.rows]
    return {
        name: calibrate(embeddings, labels, f"{val.about}, {how}")
        for name, embeddings, how in zip(
            ("plain", "mirror"), views, ("one view", "with mirror view"), strict=True
        )
    }


def calibrate(embeddings: Floats, labels: Labels, measured_on: str) -> Calibration:
    """What the distances of a model mean, from labelled embeddings of unseen classes.

    embeddings: float32 [N, D], unit rows. labels: int64 [N], at least two classes.
    """
    table = far_table(embeddings, labels)
    return Calibration(table, grouping_distance(embeddings, labels), measured_on)
