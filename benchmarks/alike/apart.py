"""An album of strangers: whoever is in a folder with somebody else is in the wrong one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.alike.kinds import KINDS
from benchmarks.alike.strangers import Strangers
from facecluster.records import Ints


@dataclass(frozen=True, slots=True)
class Folders:
    """precision: by kind and of all, BCubed, each picture a person of its own. placed: share of
    the faces that lie in a folder of several. folders: of several. largest: its faces. sizes: the
    largest ones."""

    precision: dict[str, float]
    placed: dict[str, float]
    all: float
    faces: int
    folders: int
    largest: int
    sizes: list[int]


def folders(shown: Strangers, labels: Ints) -> Folders:
    """labels: int32 [N], the person of each face of the album, -1 for nobody."""
    found = labels[shown.main[shown.found]]
    kinds = shown.kinds[shown.found]
    sizes = np.bincount(found[found >= 0], minlength=1)
    shared = np.where(found >= 0, sizes[found], 1)
    own: NDArray[np.float64] = 1.0 / shared
    there = [kind for kind in KINDS if (kinds == kind).any()]
    return Folders(
        precision={kind: float(own[kinds == kind].mean()) for kind in there},
        placed={kind: float((shared[kinds == kind] > 1).mean()) for kind in there},
        all=float(own.mean()) if len(own) else 1.0,
        faces=len(found),
        folders=int((sizes > 1).sum()),
        largest=int(shared.max(initial=1)),
        sizes=np.sort(sizes[sizes > 1])[::-1][:5].tolist(),
    )
