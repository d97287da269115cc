"""Verification pairs as rows of a set: drawn by seed, or those that a list names."""

from __future__ import annotations

import numpy as np

from facecluster.errors import FaceclusterError
from facecluster.evaluate.verification.pair_lists import Pairs, picture_key
from facecluster.train.records import Labels, Pictures, RowPairs, Rows

NAMED = 5  # pictures in a message


def draw_pairs(labels: Labels, rows: Rows, each: int, seed: int, folds: int = 10) -> RowPairs:
    """Draw `each` same and as many different pairs among `rows`; fewer where the data has fewer.

    There are always as many of each kind; all else is as in `draw_kinds`.
    """
    same, different = _most(labels[rows])
    each = min(each, same, different)
    return draw_kinds(labels, rows, each, each, seed, folds)


def draw_kinds(
    labels: Labels, rows: Rows, same: int, different: int, seed: int, folds: int = 10
) -> RowPairs:
    """Draw `same` and `different` pairs among `rows`, none twice, over all folds.

    labels: int64 [N] of all pictures. rows: int64 [K], distinct. Same pairs are spread over the
    classes as evenly as their pictures allow; different ones are uniform. Where the data has
    fewer, there are fewer, and each kind is rounded down to as many in every fold; with fewer
    pairs of a kind than folds there are fewer folds. Pairs come fold by fold, the same ones first,
    as LFW lists them. Raises FaceclusterError with fewer than two of a kind.
    """
    rng = np.random.default_rng(seed)
    ordered = rows[np.argsort(labels[rows], kind="stable")]
    most = _most(labels[rows])
    same, different = min(same, most[0]), min(different, most[1])
    if min(same, different) < 2:
        raise FaceclusterError(
            "too few pictures to draw pairs from: at least two same and two different pairs are "
            "needed, from two classes with two pictures each"
        )
    folds = min(folds, same, different)
    near = _same_pairs(labels[ordered], same - same % folds, rng)
    far = _different_pairs(labels[ordered], different - different % folds, rng)
    first, second = (
        np.concatenate([a.reshape(folds, -1), b.reshape(folds, -1)], axis=1).ravel()
        for a, b in zip(near, far, strict=True)
    )
    kinds = np.repeat([True, False], [same // folds, different // folds])
    fold = np.repeat(np.arange(folds, dtype=np.int64), len(kinds))
    return RowPairs(ordered[first], ordered[second], np.tile(kinds, folds), fold)


def draw_folds(labels: Labels, each: tuple[int, int], folds: int, seed: int) -> RowPairs:
    """Draw so many same and different pairs per fold among all pictures; when as many are wanted of
    each kind, as many are given. Else as `draw_kinds`."""
    rows = np.arange(len(labels), dtype=np.int64)
    same, different = (count * folds for count in each)
    if same == different:
        return draw_pairs(labels, rows, same, seed, folds)
    return draw_kinds(labels, rows, same, different, seed, folds)


def _most(labels: Labels) -> tuple[int, int]:
    """How many same and how many different pairs there are."""
    sizes = np.unique(labels, return_counts=True)[1].astype(np.int64)
    same = int((sizes * (sizes - 1) // 2).sum())
    return same, len(labels) * (len(labels) - 1) // 2 - same


def _different_pairs(labels: Labels, count: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Places of `count` distinct different pairs in sorted `labels`, shuffled.

    All such pairs are numbered by their first place, and the numbers are drawn.
    """
    ends = np.searchsorted(labels, labels, side="right")  # of the class of each place
    partners = len(labels) - ends  # of another class, later in the order
    steps = np.cumsum(partners)
    drawn = rng.choice(int(steps[-1]), count, replace=False)
    first = np.searchsorted(steps, drawn, side="right")
    second = ends[first] + drawn - (steps[first] - partners[first])
    return first.astype(np.int64), second.astype(np.int64)


def _same_pairs(labels: Labels, count: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Places of `count` distinct same pairs in sorted `labels`, shuffled."""
    _, starts, sizes = np.unique(labels, return_index=True, return_counts=True)
    room = sizes * (sizes - 1) // 2
    first, second = [], []
    for start, most, wanted in zip(starts, room, _shares(room, count, rng), strict=True):
        if wanted:
            drawn = rng.choice(int(most), int(wanted), replace=False).astype(np.int64)
            # Pairs (j, i) with j < i in a row: 01, 02, 12, 03 … so i is a triangular root.
            i = ((1 + np.sqrt(1 + 8 * drawn.astype(np.float64))) / 2).astype(np.int64)
            i -= i * (i - 1) // 2 > drawn  # where the root was rounded up
            i += (i + 1) * i // 2 <= drawn  # where it was rounded down
            first.append(start + drawn - i * (i - 1) // 2)
            second.append(start + i)
    order = rng.permutation(count)
    return np.concatenate(first)[order], np.concatenate(second)[order]


def _shares(room: Rows, count: int, rng: np.random.Generator) -> Rows:
    """int64 [C] that sum to `count`, at most `room`, as even as that allows."""
    low, high = 0, int(room.max())
    while low < high:  # the highest level that gives no more than `count`
        level = (low + high + 1) // 2
        low, high = (level, high) if np.minimum(room, level).sum() <= count else (low, level - 1)
    shares = np.minimum(room, low)
    more = rng.permutation(np.flatnonzero(room > low))[: count - int(shares.sum())]
    shares[more] += 1
    return shares


def rows_of(pairs: Pairs, pictures: Pictures) -> RowPairs:
    """The pairs as rows of `pictures`, matched by class and name without its extension.

    Raises FaceclusterError that names the first few pictures that are not there.
    """
    row: dict[tuple[str, int | str], int] = {}
    for number, name in enumerate(pictures.names):
        row.setdefault(picture_key(name), number)
    exact = {name: number for number, name in enumerate(pictures.names)}
    first = [exact.get(n, row.get(picture_key(n), -1)) for n in pairs.first]
    second = [exact.get(n, row.get(picture_key(n), -1)) for n in pairs.second]
    found = list(zip((*pairs.first, *pairs.second), (*first, *second), strict=True))
    absent = sorted({name for name, number in found if number < 0})
    if absent:
        some = ", ".join(absent[:NAMED]) + (" …" if len(absent) > NAMED else "")
        raise FaceclusterError(
            f"the pairs name {len(absent)} pictures that {pictures.source or 'the set'} "
            f"does not have: {some}"
        )
    return RowPairs(np.array(first, np.int64), np.array(second, np.int64), pairs.same, pairs.fold)
