"""The photo rule: two faces of one photo are two people, whatever the distances say.

Which photos it holds for is decided before: some show a person twice (cluster/twice/).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE, Sightings
from facecluster.cluster.centroids import to_own_centre
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.limits import DEFAULT_LIMITS
from facecluster.cluster.search.points import mirrored, with_scale
from facecluster.records import Floats, Ints

PHOTO = 2**32 - 1  # the bits of a photo key that name the photo


def seen_in(groups: Ints, photo: Ints | None, more: Sightings | None) -> tuple[Ints, Ints] | None:
    """Every group and photo in which it was seen, int32 [F] each; None where nothing is known.

    groups: int32 [N], that of each row. photo: int32 [N], None for no photo rule.
    """
    if more is None:
        return None if photo is None else (groups, photo)
    if photo is None:
        return groups[more.rows], more.photos
    return np.concatenate([groups, groups[more.rows]]), np.concatenate([photo, more.photos])


def photo_keys(groups: Ints, photo: Ints) -> NDArray[np.int64]:
    """One number, int64 [N], for each group in each photo: the group in its upper 32 bits.

    groups, photo: int32 [N]. Only one face may have each number.
    """
    return (groups.astype(np.int64) << 32) + photo


def share_photo(
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    groups: Ints,
    photo: Ints,
    at_once: int = DEFAULT_LIMITS.blocks.photo_pairs,
) -> NDArray[np.bool_]:
    """Whether each pair of groups is seen in one photo, bool [P]; all else as `shared_photos`."""
    return shared_photos(one, other, groups, photo, at_once) > 0


def shared_photos(
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    groups: Ints,
    photo: Ints,
    at_once: int = DEFAULT_LIMITS.blocks.photo_pairs,
) -> NDArray[np.int64]:
    """In how many photos each pair of groups is seen together, int64 [P].

    one, other: integers [P], the groups of each pair. groups, photo: int32 [F], those of each face,
    not negative. No group has two faces of one photo, or they count as several. at_once: pairs that
    are looked up at once.
    """
    keys = np.sort(photo_keys(groups, photo))
    found = np.zeros(len(one), np.int64)
    for part in blocks(len(one), at_once):
        ends = np.stack([one[part], other[part]]).astype(np.int64)
        start, stop = np.searchsorted(keys, ends << 32), np.searchsorted(keys, (ends + 1) << 32)
        # Look up the photos of the group with fewer of them among those of the other.
        fewer = (stop - start).argmin(axis=0)
        pair = np.arange(len(fewer))
        many = ends[1 - fewer, pair]
        start, count = start[fewer, pair], (stop - start)[fewer, pair]
        pair = np.repeat(pair, count)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        wanted = (many[pair] << 32) + (keys[start[pair] + step] & PHOTO)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found[part] = np.bincount(pair[keys[place] == wanted], minlength=len(fewer))
    return found


def first_come(
    small: NDArray[np.integer], large: NDArray[np.integer], groups: Ints, photo: Ints
) -> NDArray[np.bool_]:
    """Which small groups may join, where two that share a photo want the same large one; bool [S].

    small: groups, the first to choose first; large: the group that each of them wants. groups,
    photo: int32 [F], those of each face. As one after the other, but all at once whose way is
    free: Blelloch, Fineman and Shun, "Greedy sequential maximal independent set and matching are
    parallel on average", SPAA 2012.
    """
    rank = np.full(int(groups.max(initial=-1)) + 1, -1)
    rank[small] = np.arange(len(small))
    faces = np.nonzero(rank[groups] >= 0)[0]
    joiner = rank[groups[faces]]
    return one_by_one(joiner, photo_keys(large[joiner], photo[faces]), len(small))


def one_by_one(
    asker: NDArray[np.integer], thing: NDArray[np.int64], count: int
) -> NDArray[np.bool_]:
    """Which of `count` askers, served in their order, get all that they ask for; bool [count].

    asker, thing: integers [M], one thing that an asker needs each; nothing is given twice.
    """
    key = np.unique(thing, return_inverse=True)[1].ravel()
    joined, waiting = np.zeros(count, bool), np.ones(count, bool)
    while waiting.any():
        left = waiting[asker]
        first = np.full(key.max(initial=-1) + 1, count)
        np.minimum.at(first, key[left], asker[left])
        free = waiting.copy()
        free[asker[left & (first[key] < asker)]] = False
        joined |= free
        taken = np.isin(key, key[free[asker]])
        waiting[asker[taken]] = False
        waiting[free] = False
    return joined


def separate(labels: Ints, embeddings: Floats, photo: Ints | None) -> Ints:
    """Take faces out of groups that break the rule, for methods that cannot know it.

    Of several faces of one photo in one group, the one nearest to the group's centre stays; the
    others become noise. labels: int32 [N]. embeddings: float32 [N, D], scaled rows. photo:
    int32 [N] or None for no rule. Gives new labels; the input stays as it was.
    """
    kept = labels.copy()
    if photo is None or not len(labels):
        return kept
    gaps = to_own_centre(labels, embeddings)
    # Best face first within each (group, photo); all but the first of a run must go.
    order = np.lexsort((np.arange(len(labels)), gaps, photo, labels))
    same = (labels[order][1:] == labels[order][:-1]) & (photo[order][1:] == photo[order][:-1])
    kept[order[1:][same]] = NOISE
    return kept


def gaps_within(
    embeddings: Floats, photo: Ints | None, at_once: int = DEFAULT_LIMITS.blocks.photo_faces
) -> Floats:
    """Distances of all pairs of faces that share a photo, float32 [P], in no set order.

    embeddings: float32 [N, D], scaled rows. photo: int32 [N], None when that says nothing. at_once:
    faces that are compared at once.
    """
    found = [gaps.ravel() for *_, gaps in _gaps(embeddings, photo, at_once)]
    gaps: Floats = np.concatenate([np.empty(0, np.float32), *found]).astype(np.float32)
    return gaps


def near_within(
    embeddings: Floats,
    photo: Ints | None,
    distance: float,
    at_once: int = DEFAULT_LIMITS.blocks.photo_faces,
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The pairs of faces that share a photo and are at most `distance` apart: rows int64 [P] and
    [P], and distance float32 [P]; all else as `gaps_within`."""
    parts = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
    for one, other, gaps in _gaps(embeddings, photo, at_once):
        near = gaps <= distance
        parts.append((one[near], other[near], gaps[near]))
    first, second, lengths = (np.concatenate(side) for side in zip(*parts, strict=True))
    return first, second, lengths


def _gaps(
    embeddings: Floats, photo: Ints | None, at_once: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Floats]]:
    """The pairs within photos in parts: their rows and distances, [photos, pairs] each."""
    for rows in _by_photo(photo):
        first, second = np.triu_indices(rows.shape[1], 1)
        for part in blocks(len(rows), max(1, at_once // rows.shape[1])):
            some = rows[part]
            faces = with_scale(embeddings[some.ravel()]).reshape(*some.shape, -1)
            similar = mirrored(faces) @ faces.transpose(0, 2, 1)
            yield some[:, first], some[:, second], 0 - similar[:, first, second]


def _by_photo(photo: Ints | None) -> Iterator[NDArray[np.int64]]:
    """For each number of faces from two: the rows of the photos with so many, int64 [M, faces]."""
    if photo is None or not len(photo):
        return
    order = np.argsort(photo, kind="stable")
    starts = np.nonzero(np.diff(photo[order], prepend=photo[order[0]] - 1))[0]
    counts = np.diff(starts, append=len(order))
    for faces in np.unique(counts[counts > 1]).tolist():
        yield order[starts[counts == faces][:, None] + np.arange(faces)]
