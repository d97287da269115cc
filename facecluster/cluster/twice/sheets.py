"""Photos that show people several times by their faces alone: collages, strips, mirrors, sheets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.linkage.average import SEARCH_MARGIN, Linkage
from facecluster.cluster.photo_rule import near_within
from facecluster.cluster.search.points import with_scale
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.records import Floats, Ints


def sheets(
    embeddings: Floats, photo: Ints, curve: FalseAcceptCurve, tuning: Tuning = DEFAULT
) -> NDArray[np.int64]:
    """The photos that show somebody several times for sure, int64 [M].

    embeddings: float32 [N, D], scaled rows. photo: int32 [N]. curve: the model's false accepts. By
    each rate of `tuning.twice.sheets` the faces of a photo are grouped by average linkage within
    its distance. Two of them may be twins, or children who look alike; where many show somebody
    again, or two are as near as the same picture, these are hardly other people.
    """
    found = [np.empty(0, np.int64)]
    for rate, again in tuning.twice.sheets:
        times = _again(embeddings, photo, curve.limit(rate), tuning)
        found.append(np.nonzero(times >= again)[0])
    return np.unique(np.concatenate(found))


def _again(embeddings: Floats, photo: Ints, distance: float, tuning: Tuning) -> NDArray[np.int64]:
    """By photo, how many of its faces show somebody who is in it already."""
    at_once = tuning.search.blocks
    first, second, _ = near_within(embeddings, photo, distance + SEARCH_MARGIN, at_once.photo_faces)
    rows, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    low, high = np.sort(places.ravel().astype(np.int32).reshape(2, -1), axis=0)
    groups = Linkage(with_scale(embeddings[rows]), distance, (low, high), at_once=at_once).run()
    new = np.unique(groups, return_index=True)[1]
    return np.bincount(np.delete(photo[rows], new))
