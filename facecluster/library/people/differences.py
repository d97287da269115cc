"""What a run found otherwise than the one before: new photos, faces that moved, people who went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facecluster.library.people.memory import NOBODY, UNKNOWN, Memory
from facecluster.records import FaceTable, Grouping, Ints, PhotoRow, Reason
from facecluster.report.records import Changes, Gain, Gone, Moved, Waiting

UNSURE: Final = (Reason.POOR, Reason.ALONE, Reason.TWICE)


def differences(
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    ids: Sequence[int],
    memory: Memory,
    before: Ints,
    names: Mapping[int, str],
    waiting: Sequence[Waiting] = (),
) -> Changes | None:
    """Compare a grouping with the run before; None where nothing is otherwise.

    ids: the lasting number of each person of the grouping. before: int32 [N], whose each face was,
    as `Memory.recalled` gives it, people who were merged since under their new number. names: by
    number, of people who have one.
    """
    before = np.where(before == UNKNOWN, UNKNOWN, np.maximum(before, NOBODY))
    now = np.append(np.asarray(ids, np.int32), np.int32(NOBODY))[grouping.labels]
    new = _new_photos(photos, memory)
    known = np.nonzero((before != UNKNOWN) & (before != now))[0]
    gone = sorted({*before[before > 0].tolist()} - {*ids})
    found = Changes(
        new_photos=int(new.sum()),
        gains=_gains(new, faces, grouping, now),
        moved=tuple(
            Moved(int(face), int(before[face]) or None, int(now[face]) or None) for face in known
        ),
        appeared=tuple(number for number in ids if number > memory.last),
        gone=tuple(Gone(who, _heir(who, before, now), names.get(who)) for who in gone),
        waiting=tuple(waiting),
    )
    told = (found.new_photos, found.moved, found.appeared, found.gone, found.waiting)
    return found if any(told) else None


def _new_photos(photos: Sequence[PhotoRow], memory: Memory) -> NDArray[np.bool_]:
    """Which photos show a picture that the run before did not have, bool [P]."""
    return np.array(
        [
            photo.problem is None
            and photo.duplicate_of is None
            and photo.image not in memory.pictures
            for photo in photos
        ],
        np.bool_,
    )


def _gains(
    new: NDArray[np.bool_], faces: FaceTable, grouping: Grouping, now: Ints
) -> tuple[Gain, ...]:
    """In how many of the new photos each person is, and how many have nobody but unsure faces."""
    rows = np.nonzero(new[faces.photo])[0]
    pairs = {(int(faces.photo[row]), int(now[row])) for row in rows if now[row] > 0}
    counts = Counter(person for _, person in pairs)
    placed = {photo for photo, _ in pairs}
    unsure = {int(faces.photo[row]) for row in rows if grouping.reasons[row] in UNSURE} - placed
    gains = [Gain(person, n) for person, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
    return (*gains, *([Gain(None, len(unsure))] if unsure else ()))


def _heir(person: int, before: Ints, now: Ints) -> int | None:
    """Who has most of the faces that were this person's; None where most are nobody's."""
    most = Counter(now[before == person].tolist()).most_common(1)
    return most[0][0] or None
