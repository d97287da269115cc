"""Groups under other gates: from which quality faces build people, and how poor ones join.

The constants of facecluster/cluster/people.py are set in a process of its own, so that whoever
measures keeps the shipped ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import Self

import numpy as np

from benchmarks.common.albums import Album, Model
from facecluster.cluster import people
from facecluster.cluster.strangers import Strangers
from facecluster.config import ClusterConfig
from facecluster.faces.quality import quality
from facecluster.records import Ints


@dataclass(frozen=True, slots=True)
class Gate:
    """trusted: quality from which a face builds people, 0 for every face. poor_reach, poor_rate:
    as in facecluster/cluster/people.py. consistency: whether quality weighs it."""

    trusted: float = people.TRUSTED
    poor_reach: float = people.POOR_REACH
    poor_rate: float = people.POOR_RATE
    consistency: bool = True


class Gates:
    """A process that groups albums under gates; a context manager."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._pool = ProcessPoolExecutor(1, get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def labels(self, album: Album, gates: Sequence[Gate]) -> list[Ints]:
        """The person of each face, int32 [N], -1 for nobody; one array a gate."""
        return self._pool.submit(_labels, album, list(gates), self._model).result()


def _labels(album: Album, gates: Sequence[Gate], model: Model) -> list[Ints]:
    """As `facecluster group` with no option, under each gate. Changes `people` for good."""
    faces, found = album.faces, []
    strangers = Strangers(model.far_table, model.distance)
    config = ClusterConfig(min_face=ClusterConfig().min_face if model.faces else 1)
    for gate in gates:
        people.TRUSTED, people.POOR_REACH = gate.trusted, gate.poor_reach
        people.POOR_RATE = gate.poor_rate
        known = faces.consistency if gate.consistency and model.fitted else None
        trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, known)
        if not model.faces:
            trust = np.ones(len(faces), np.float32)
        found.append(people.find_people(faces, trust, config, strangers).labels)
    return found
