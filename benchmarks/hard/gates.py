"""Groups under other gates: from which quality faces build people, and how poor ones join."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.common.albums import Album, Model
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.config import ClusterConfig
from facecluster.faces.quality import quality
from facecluster.records import Ints


@dataclass(frozen=True, slots=True)
class Gate:
    """trusted, poor_reach, poor_rate: as in the `Gate` of facecluster/cluster/tuning.py; trusted 0
    for every face. consistency: whether quality weighs it."""

    trusted: float = DEFAULT.gate.trusted
    poor_reach: float = DEFAULT.gate.poor_reach
    poor_rate: float = DEFAULT.gate.poor_rate
    consistency: bool = True

    @property
    def tuning(self) -> Tuning:
        """The shipped numbers with this gate."""
        moved = replace(
            DEFAULT.gate,
            trusted=self.trusted,
            poor_reach=self.poor_reach,
            poor_rate=self.poor_rate,
        )
        return replace(DEFAULT, gate=moved)


def labels_under(gate: Gate, album: Album, model: Model) -> Ints:
    """The person of each face, int32 [N], -1 for nobody, as `facecluster group` with no option
    finds them, but for the gate."""
    faces = album.faces
    config = ClusterConfig(min_face=ClusterConfig().min_face if model.faces else 1)
    known = faces.consistency if gate.consistency and model.fitted else None
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, known)
    if not model.faces:
        trust = np.ones(len(faces), np.float32)
    curve = FalseAcceptCurve(model.far_table, model.distance)
    return find_people(faces, trust, config, curve, gate.tuning).labels
