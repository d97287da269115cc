"""Near hashes: all that share a word, whatever the order, and none that is too far."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.copies.hashes import WORD, near_hashes
from facecluster.cluster.tuning import CopyTuning
from facecluster.records import HASH_BYTES

TUNING = CopyTuning(bits=40)


def flipped(rng: np.random.Generator, code: np.ndarray, count: int) -> np.ndarray:
    """The hash with so many bits turned round."""
    bits = np.unpackbits(code)
    bits[rng.permutation(len(bits))[:count]] ^= 1
    return np.packbits(bits)


def pairs(hashes: np.ndarray, tuning: CopyTuning = TUNING) -> dict[tuple[int, int], int]:
    one, other, gaps = (column.tolist() for column in near_hashes(hashes, tuning))
    return dict(zip(zip(one, other, strict=True), gaps, strict=True))


def slow(hashes: np.ndarray, most: int) -> dict[tuple[int, int], int]:
    """Each with each, as far as they share a word."""
    found = {}
    for i, one in enumerate(hashes):
        for j in range(i + 1, len(hashes)):
            same = one == hashes[j]
            gap = int(np.unpackbits(one ^ hashes[j]).sum())
            if gap <= most and np.convolve(same, np.ones(WORD), "valid").max() >= WORD:
                found[i, j] = gap
    return found


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_what_a_loop_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources = rng.integers(0, 256, (12, HASH_BYTES), dtype=np.uint8)
    hashes = np.array([flipped(rng, sources[i % 12], int(rng.integers(0, 60))) for i in range(60)])
    found = pairs(hashes)
    assert found == slow(hashes, TUNING.bits)
    assert len(found) > 20


def test_the_order_of_rows_does_not_matter(rng) -> None:
    source = rng.integers(0, 256, HASH_BYTES, dtype=np.uint8)
    hashes = np.array([flipped(rng, source, 12) for _ in range(30)])
    order = rng.permutation(30)
    moved = {
        tuple(sorted((order[a], order[b]))): gap for (a, b), gap in pairs(hashes[order]).items()
    }
    assert moved == pairs(hashes)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows(count: int) -> None:
    found = pairs(np.zeros((count, HASH_BYTES), np.uint8))
    assert found == ({(0, 1): 0} if count == 2 else {})


def test_a_crowd_of_equal_hashes_is_not_compared_each_with_each() -> None:
    """Each finds its next ones, which is enough to find the one that stands for all."""
    found = pairs(np.zeros((3000, HASH_BYTES), np.uint8), CopyTuning(neighbours=4))
    assert 2999 <= len(found) <= 4 * 3000
