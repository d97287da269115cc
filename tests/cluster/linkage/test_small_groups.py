"""Small groups merging into large ones, against loops over groups."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.linkage.small_groups import SmallGroupMerge
from tests.support.group_libraries import clash, faces_of, library, mean, numbered


@given(
    seed=st.integers(0, 2**16),
    distance=st.floats(0.02, 1.0),
    at_least=st.integers(2, 8),
    most=st.none() | st.integers(1, 4),
    with_photos=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_small_groups_merge_one_after_the_other(
    seed, distance, at_least, most, with_photos
) -> None:
    """A group that is refused takes no place from those behind it."""
    labels, rows, photo = library(seed, with_photos)
    groups = faces_of(labels)
    most = at_least - 1 if most is None else min(most, at_least - 1)
    merging = SmallGroupMerge(labels, rows, photo, at_least, most)
    large = [g for g in range(len(groups)) if len(groups[g]) >= at_least]
    wishes = sorted(
        min((mean(rows, groups[g], groups[c]), g, c) for c in large)
        for g in range(len(groups))
        if large and len(groups[g]) <= most
    )
    for gap, small, into in wishes:
        if gap <= distance and not clash(photo, groups[small], groups[into]):
            groups[into] = groups[into] + groups[small]
            groups[small] = []
    assert merging.large_groups == len(large)
    assert np.allclose(np.sort(merging.gaps[np.isfinite(merging.gaps)]), [w[0] for w in wishes],
                       atol=1e-6)  # fmt: skip
    wanted = numbered([group for group in groups if group], len(rows))
    assert adjusted_rand_score(wanted, merging.merge(distance)) == 1


def test_who_is_refused_blocks_nobody() -> None:
    """The first takes photo 1; the second, in 1 and 2, must stay; so 2 is free for the third."""
    rows = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0.99, 0.14], [0.98, 0.2], [0.98, 0.2],
                     [0.95, 0.31]], np.float32)  # fmt: skip
    labels = np.array([0, 0, 0, 0, 1, 2, 2, 3], np.int32)
    photo = np.array([5, 6, 7, 8, 1, 1, 2, 2], np.int32)
    assert SmallGroupMerge(labels, rows, photo, 4).merge(0.1).tolist() == [0, 0, 0, 0, 0, 1, 1, 0]


def test_without_large_groups_nothing_merges() -> None:
    labels, rows = np.arange(3, dtype=np.int32), np.eye(3, dtype=np.float32)
    merging = SmallGroupMerge(labels, rows, None, 2)
    assert np.isinf(merging.gaps).all()
    assert merging.merge(2.0).tolist() == [0, 1, 2]
