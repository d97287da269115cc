"""A set's faces grouped as `facecluster group` does it, and groupings that can be compared.

But for copies of a photo (cluster/copies/), which count as photos of their own here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.albums import Model
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.config import ClusterConfig
from facecluster.faces.quality import quality
from facecluster.records import FaceTable, Ints


@dataclass(frozen=True, slots=True)
class Task:
    """method: one of METHODS, or the name of a peer. model: as it read the faces. distance: None
    for the model's. shuffle: a seed by which photos and faces are reordered first, None for none.
    labels: give the label of each face too."""

    method: str
    model: dict[str, Any]
    distance: float | None = None
    shuffle: int | None = None
    labels: bool = False


def ours(faces: FaceTable, task: Task, model: Model, tuning: Tuning = DEFAULT) -> Ints:
    """As `facecluster group` does it with no option but the method and the distance."""
    config = ClusterConfig(method=task.method, distance=task.distance)  # type: ignore[arg-type]
    curve = FalseAcceptCurve(model.far_table, model.distance, tuning=tuning.curve)
    if not model.faces:  # whole pictures: none of them is a face too small or too poor
        trust = np.ones(len(faces), np.float32)
        return find_people(faces, trust, replace(config, min_face=1), curve, tuning).labels
    consistency = faces.consistency if model.fitted else None
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, consistency)
    return find_people(faces, trust, config, curve, tuning).labels


def by_first(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each label as the first row that has it, -1 as it is: equal where the groups are equal."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.where(labels < 0, -1, first[inverse])
