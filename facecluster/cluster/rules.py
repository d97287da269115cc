"""What may and may not be one person, whatever the distances say.

Today one rule: two faces of one photo are two people. Must-link and cannot-link rules that a
user states will join here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE
from facecluster.cluster.search.blocks import blocks, spread
from facecluster.records import Floats, Ints

ROWS_AT_ONCE = 1 << 16  # embeddings that are compared inside their photos
COLUMNS = 32  # of the embeddings that are turned into float64 for a sum


def gaps_within(embeddings: Floats, photo: Ints | None) -> Floats:
    """Cosine distances of all pairs of faces that share a photo, float32 [P], in no set order.

    embeddings: float32 [N, D], unit rows. photo: int32 [N], None when that says nothing.
    """
    found = [np.empty(0, np.float32)]
    for rows in _by_photo(photo):
        first, second = np.triu_indices(rows.shape[1], 1)
        for part in blocks(len(rows), max(1, ROWS_AT_ONCE // rows.shape[1])):
            faces = embeddings[rows[part]]
            similar = faces @ faces.transpose(0, 2, 1)
            found.append(1 - similar[:, first, second].ravel())
    gaps: Floats = np.concatenate(found).astype(np.float32)
    return gaps


def _by_photo(photo: Ints | None) -> Iterator[NDArray[np.int64]]:
    """For each number of faces from two: the rows of the photos with so many, int64 [M, faces]."""
    if photo is None or not len(photo):
        return
    order = np.argsort(photo, kind="stable")
    starts = np.nonzero(np.diff(photo[order], prepend=photo[order[0]] - 1))[0]
    counts = np.diff(starts, append=len(order))
    for faces in np.unique(counts[counts > 1]).tolist():
        yield order[starts[counts == faces][:, None] + np.arange(faces)]


def seats(labels: Ints, photo: Ints) -> NDArray[np.int64]:
    """One number, int64 [N], for each group in each photo: the group in its upper 32 bits."""
    return (labels.astype(np.int64) << 32) + photo


def separate(labels: Ints, embeddings: Floats, photo: Ints | None) -> Ints:
    """Break the ties that the same-photo rule forbids, for methods that cannot know the rule.

    Of several faces of one photo in one group, the one nearest to the group's centre stays; the
    others become noise. labels: int32 [N]. embeddings: float32 [N, D], unit rows. photo:
    int32 [N] or None for no rule. Gives new labels; the input stays as it was.
    """
    kept = labels.copy()
    if photo is None or not len(labels):
        return kept
    similarity = to_own_centre(labels, embeddings)
    # Best face first within each (group, photo); all but the first of a run must go.
    order = np.lexsort((np.arange(len(labels)), -similarity, photo, labels))
    same = (labels[order][1:] == labels[order][:-1]) & (photo[order][1:] == photo[order][:-1])
    kept[order[1:][same]] = NOISE
    return kept


def to_own_centre(labels: Ints, embeddings: Floats) -> Floats:
    """Cosine of each face with the centre of its group; 0 for noise. float32 [N]."""
    similarity = np.zeros(len(labels), np.float32)
    centres = unit(sums(labels, embeddings))
    placed = np.nonzero(labels >= 0)[0]
    for part in blocks(len(placed)):
        rows = placed[part]
        similarity[rows] = np.einsum("nd,nd->n", embeddings[rows], centres[labels[rows]])
    return similarity


def sums(labels: Ints, embeddings: Floats, count: int | None = None) -> Floats:
    """Sum of the embeddings of each group, float32 [K, D]; noise is left out.

    Added in float64, each group's rows in their order.
    """
    from scipy import sparse  # in a function since start-up should not wait for it

    placed = np.nonzero(labels >= 0)[0]
    groups = int(labels.max(initial=-1)) + 1 if count is None else count
    total = np.empty((groups, embeddings.shape[1]), np.float32)
    member = sparse.csr_array(
        (np.ones(len(placed)), (labels[placed], placed)), shape=(groups, len(labels))
    )

    def add(columns: slice) -> None:
        total[:, columns] = member @ embeddings[:, columns].astype(np.float64)

    spread(add, blocks(embeddings.shape[1], COLUMNS))
    return total


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1; a row of zeros stays."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = (rows / np.where(length > 0, length, 1)).astype(np.float32)
    return scaled


def mean_distances(labels: Ints, embeddings: Floats) -> Floats:
    """Mean cosine distance of each face to the other members of its group; 0 when alone or noise.

    labels: int32 [N]. embeddings: float32 [N, D], unit rows. Gives float32 [N].
    """
    distances = np.zeros(len(labels), np.float32)
    total = sums(labels, embeddings)
    members = np.bincount(labels[labels >= 0], minlength=len(total))
    several = np.nonzero(np.append(members, 0)[labels] > 1)[0]  # the last entry serves noise
    for part in blocks(len(several)):
        rows = several[part]
        own, group = embeddings[rows], labels[rows]
        others = np.einsum("nd,nd->n", own, total[group] - own)
        distances[rows] = 1 - others / (members[group] - 1)
    return distances
