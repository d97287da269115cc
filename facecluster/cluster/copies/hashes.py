"""Pairs of pictures with nearly the same hash, found without comparing each with each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.tuning import DEFAULT, CopyTuning
from facecluster.records import HASH_BYTES, Ints, Pixels

WORD = 2  # bytes that two hashes must have in common somewhere
_WINDOW = 8  # bytes by which hashes are sorted, the first WORD of them the common ones

Pairs = tuple[Ints, Ints, Ints]


def near_hashes(hashes: Pixels, tuning: CopyTuning = DEFAULT.copies) -> Pairs:
    """The pairs that differ in at most `tuning.bits` bits: two int32 [Q], the lower row first, and
    int32 [Q], in how many; in the order of the rows.

    hashes: uint8 [P, HASH_BYTES]. Only those are compared that have two neighbouring bytes in
    common, wherever these are (Norouzi, Punjani and Fleet, "Fast search in Hamming space with
    multi-index hashing", CVPR 2012, with words that overlap). Each sorts them by one such word and
    compares each with the next `tuning.neighbours` that share it.
    """
    count = len(hashes)
    parts = [np.empty(0, np.int64)]
    words = np.ascontiguousarray(hashes).view(np.uint16)
    ones = _ones()
    for start in range(HASH_BYTES - WORD + 1):
        keys = _window(hashes, start)
        order = np.argsort(keys, kind="stable")
        word = keys[order] >> np.uint64(8 * (_WINDOW - WORD))
        rows = np.arange(count)
        for step in range(1, tuning.neighbours + 1):
            rows = rows[rows < count - step]
            rows = rows[word[rows] == word[rows + step]]
            if not len(rows):
                break
            one, other = order[rows], order[rows + step]
            near = _bits(words, one, other, ones) <= tuning.bits
            one, other = one[near], other[near]
            parts.append(np.minimum(one, other) * count + np.maximum(one, other))
    first, second = np.divmod(np.unique(np.concatenate(parts)), max(count, 1))
    gaps = _bits(words, first, second, ones)
    return first.astype(np.int32), second.astype(np.int32), gaps


def _window(hashes: Pixels, start: int) -> NDArray[np.uint64]:
    """_WINDOW bytes of each hash from `start` on, round its end, as one number."""
    columns = (np.arange(_WINDOW) + start) % HASH_BYTES
    picked = np.ascontiguousarray(hashes[:, columns]).view(">u8")
    return picked.ravel().astype(np.uint64)


def _ones() -> NDArray[np.uint8]:
    """How many bits each number of 16 bits has; NumPy counts them only from 2.0 on."""
    found = np.zeros(1, np.uint8)
    for _ in range(16):
        found = np.concatenate([found, found + np.uint8(1)])
    return found


def _bits(
    words: NDArray[np.uint16],
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    ones: NDArray[np.uint8],
) -> Ints:
    """In how many bits the hashes of each pair differ, int32 [Q]."""
    gaps: Ints = ones[words[one] ^ words[other]].sum(axis=1, dtype=np.int32)
    return gaps
