"""How well a library was grouped, where the photos lie in a folder per person.

A photo says whose it is by the first folder of its path; the person meant is the face nearest to
the middle of the photo. Faces in the background take part in the grouping, but are not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from facecluster.cluster.base import NOISE
from facecluster.cluster.metrics import Score, bcubed, coverage, pairwise, without_noise


@dataclass(frozen=True, slots=True)
class Judgement:
    """pairwise, bcubed, nmi, ari: with every face that was not placed as a person of its own.
    nmi: mutual information as a share of the mean entropy. ari: the share of pairs that agree,
    adjusted for chance (Hubert and Arabie, "Comparing partitions", 1985). coverage: the share of
    photos whose main face was placed. photos: how many were judged. true_people and people: how
    many there are, and how many were found."""

    pairwise: Score
    bcubed: Score
    nmi: float
    ari: float
    coverage: float
    photos: int
    true_people: int
    people: int


def main_faces(report: Mapping[str, Any]) -> dict[str, int | None]:
    """Path of each photo to the person of its main face, None where there is none.

    report: what `facecluster group` writes as report.json (docs/formats.md).
    """
    sizes = {p["path"]: (p["width"], p["height"]) for p in report["photos"]}
    nearest: dict[str, tuple[float, int | None]] = {}
    for face in report["faces"]:
        width, height = sizes[face["photo"]]
        x, y, w, h = face["box"]
        off = float(np.hypot((x + w / 2) / width - 0.5, (y + h / 2) / height - 0.5))
        if off < nearest.get(face["photo"], (np.inf, None))[0]:
            nearest[face["photo"]] = off, face["person"]
    return {path: nearest.get(path, (0, None))[1] for path in sizes}


def labels(report: Mapping[str, Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Truth and finding as int64 [photos], the latter -1 where the main face was not placed.

    Photos outside any folder say nothing of whose they are, and are left out.
    """
    found = {path: who for path, who in main_faces(report).items() if "/" in path}
    names = [path.split("/", 1)[0] for path in found]
    truth = np.unique(names, return_inverse=True)[1].astype(np.int64)
    people = [NOISE if who is None else who for who in found.values()]
    return truth, np.array(people, np.int64)


def judge(report: Mapping[str, Any]) -> Judgement:
    """Compare a report with the folders that the photos lie in."""
    truth, found = labels(report)
    alone = without_noise(found)
    return Judgement(
        pairwise=pairwise(truth, found),
        bcubed=bcubed(truth, found),
        nmi=float(normalized_mutual_info_score(truth, alone)),
        ari=float(adjusted_rand_score(truth, alone)),
        coverage=coverage(found),
        photos=len(truth),
        true_people=len(np.unique(truth)),
        people=len(np.unique(found[found != NOISE])),
    )
