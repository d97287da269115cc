"""Why each face belongs to nobody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.photo_rule import photo_keys
from facecluster.records import Floats, Ints, Reason


def reasons(
    labels: Ints,
    person: Ints,
    gaps: Floats,
    large: NDArray[np.bool_],
    core: NDArray[np.bool_],
    photo: Ints,
    rule: Ints | None,
    distance: float,
    ignored: NDArray[np.bool_] | None = None,
) -> tuple[Reason, ...]:
    """One reason per face, PLACED where it belongs to somebody, in the order in which rules strike.

    labels: int32 [N]. person: int32 [N], the nearest person, -1 for nobody. gaps: float32 [N],
    cosine distance to its centre. large: bool [N], faces of enough px. core: bool [N], faces that
    were good enough to build people. photo: int32 [N]. rule: the same where the photo rule holds,
    else None. distance: cosine, within which a face joins its person unless a rule forbids it.
    ignored: bool [N], faces that somebody left out; None for none.
    """
    members = (Reason.PLACED, Reason.IGNORED, Reason.SMALL, Reason.TWICE, Reason.ALONE, Reason.POOR)
    placed = labels >= 0
    twice = np.zeros(len(labels), bool)
    if rule is not None:
        close = np.nonzero(~placed & large & (gaps <= distance))[0]
        taken = photo_keys(labels[placed], photo[placed])
        twice[close] = np.isin(photo_keys(person[close], photo[close]), taken)
    left = np.zeros(len(labels), bool) if ignored is None else ignored
    found = np.select([placed, left, ~large, twice, core], [0, 1, 2, 3, 4], 5)
    return tuple(members[code] for code in found.tolist())
