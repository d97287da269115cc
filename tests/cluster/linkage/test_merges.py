"""Groups merging with their like, against loops over groups."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.linkage.merges import merge_groups
from tests.support.group_libraries import clash, faces_of, library, mean, numbered


@given(
    seed=st.integers(0, 2**16),
    distance=st.floats(0.02, 0.5),
    size=st.integers(1, 4),
    with_photos=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_nearest_groups_merge_first(seed, distance, size, with_photos) -> None:
    labels, rows, photo = library(seed, with_photos, 40)
    groups = faces_of(labels)
    while True:
        pairs = [
            (mean(rows, a, b), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups[:i])
            if min(len(a), len(b)) >= size and not clash(photo, a, b)
        ]
        if not pairs or min(pairs)[0] > distance:
            break
        _, i, j = min(pairs)
        groups[j] = groups[j] + groups.pop(i)
    found = merge_groups(labels, rows, photo, size, distance)
    assert adjusted_rand_score(numbered(groups, len(rows)), found) == 1
