"""How well a library was grouped, where the photos lie in a folder per person.

A photo says whose it is by the first folder of its path; the person meant is the face nearest to
the middle of the photo. Faces in the background take part in the grouping, but are not judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from facecluster.cluster.base import NOISE
from facecluster.cluster.metrics import Score, bcubed, coverage, pairwise, without_noise
from facecluster.records import Floats, Ints
from facecluster.report.records import Report


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


def middle_faces(photo: Ints, boxes: Floats, extents: NDArray[np.float64]) -> NDArray[np.int64]:
    """The face nearest to the middle of each photo: int64 [P], a row of `boxes`, -1 without a face.

    photo: int32 [N], the photo of each face. boxes: float32 [N, 4], x, y, width, height in photo
    px. extents: [P, 2], width and height of each photo in px. Distances count in widths and
    heights; of two faces as near as each other the first is taken.
    """
    middles = (boxes[:, :2] + boxes[:, 2:] / 2) / extents[photo]
    off = np.hypot(*(middles - 0.5).T)
    order = np.lexsort((off, photo))
    owners, first = np.unique(photo[order], return_index=True)
    nearest = np.full(len(extents), -1, np.int64)
    nearest[owners] = order[first]
    return nearest


def main_faces(report: Report) -> dict[str, int | None]:
    """Path of each photo to the person of its main face, None where there is none."""
    faces = report.faces
    rows = {p.path: row for row, p in enumerate(report.photos)}
    extents = np.array([(p.width, p.height) for p in report.photos], float).reshape(-1, 2)
    photo = np.array([rows[face.photo] for face in faces], np.int32)
    boxes = np.array([face.box for face in faces], np.float32).reshape(-1, 4)
    nearest = middle_faces(photo, boxes, extents)
    return {
        path: faces[nearest[row]].person if nearest[row] >= 0 else None
        for path, row in rows.items()
    }


def labels(report: Report) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Truth and finding as int64 [photos], the latter -1 where the main face was not placed.

    Photos outside any folder say nothing of whose they are, and are left out.
    """
    found = {path: who for path, who in main_faces(report).items() if "/" in path}
    names = [path.split("/", 1)[0] for path in found]
    truth = np.unique(names, return_inverse=True)[1].astype(np.int64)
    people = [NOISE if who is None else who for who in found.values()]
    return truth, np.array(people, np.int64)


def judge(report: Report) -> Judgement:
    """Compare a report with the folders that the photos lie in."""
    return compare(*labels(report))


def compare(truth: NDArray[np.int64], found: NDArray[np.int64]) -> Judgement:
    """Compare two labellings of photos, int64 [photos]; -1 in `found` where nobody was placed."""
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
