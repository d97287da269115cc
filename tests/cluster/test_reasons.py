"""Why faces belong to nobody, by a loop."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.reasons import reasons
from facecluster.records import Reason


def test_reasons_by_a_loop(rng) -> None:
    labels = rng.integers(-1, 4, 300).astype(np.int32)
    person, photo = rng.integers(0, 4, (2, 300)).astype(np.int32)
    gaps = rng.random(300).astype(np.float32)
    large, core = rng.random((2, 300)) < 0.7
    gaps[~large], person[~large] = np.nan, -1
    for rule in (photo, None):
        seen = set(zip(labels[labels >= 0], photo[labels >= 0], strict=True))
        wanted = []
        for i in range(300):
            twice = rule is not None and gaps[i] <= 0.5 and (person[i], photo[i]) in seen
            poor = Reason.ALONE if core[i] else Reason.POOR
            why = Reason.SMALL if not large[i] else Reason.TWICE if twice else poor
            wanted.append(Reason.PLACED if labels[i] >= 0 else why)
        assert reasons(labels, person, gaps, large, core, photo, rule, 0.5) == tuple(wanted)
