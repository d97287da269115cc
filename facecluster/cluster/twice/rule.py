"""Where the photo rule holds: it is strong evidence, and some photos show a person twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE, Sightings
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.photo_rule import separate
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.cluster.twice.contested import contested
from facecluster.cluster.twice.sheets import sheets
from facecluster.records import Floats, Ints


class TwiceRule:
    """The photo rule of a library, for all photos but those that show somebody twice.

    Collages, strips, mirrors and screens keep the faces of a person apart from each other, and with
    them, in pieces, all other photos of the person. Some are known by their faces alone (`sheets`),
    the others by the pieces that they leave (`contested`). In these photos nothing is said about
    who is who.

    embeddings: float32 [N, D], scaled rows. photo: int32 [N]. used: bool [N], the faces that form
    groups. curve: the model's false accepts.

    Attributes
    ----------
    photo : int32 [N], for the methods: faces with the same number are two people.
    """

    def __init__(
        self,
        embeddings: Floats,
        photo: Ints,
        used: NDArray[np.bool_],
        curve: FalseAcceptCurve,
        tuning: Tuning = DEFAULT,
    ) -> None:
        self._embeddings, self._curve, self._tuning = embeddings, curve, tuning
        self._people = np.empty(0, np.int32)
        self._twice = np.empty(0, np.int64)
        self._sure = without(photo, sheets(embeddings[used], photo[used], curve, tuning))
        self.photo = self._sure

    def learn(self, labels: Ints) -> bool:
        """Look for photos that take people apart in these groups, int32 [N], -1 for noise. Gives
        whether `photo` has changed."""
        found = contested(labels, self._embeddings, self._sure, self._curve, self._tuning)
        twice, collages, self._people = found
        known = len(self._twice)
        # Photos once found stay found: the groups that showed it have merged.
        self._twice = np.union1d(self._twice, twice)
        self._sure = without(self._sure, collages)
        self.photo = without(self._sure, self._twice)
        return len(collages) > 0 or len(self._twice) > known

    def joined(self, labels: Ints, more: Sightings | None = None) -> Ints:
        """The groups that `learn` was given, those joined that only its photos kept apart.

        What else breaks the rule then becomes noise. Forming the groups anew finds more, but takes
        its time. Groups that were seen together beside photos, as `more` says, are not joined, nor
        is any with them. labels, and what is given: int32 [N], -1 for noise.
        """
        people = np.append(self._people, np.int32(NOISE))[labels]
        if more is not None:
            people = _without_meetings(people, labels, more)
        return separate(people, self._embeddings, self.photo)


def _without_meetings(people: Ints, groups: Ints, more: Sightings) -> Ints:
    """The people, those as the groups that they were in whose groups were seen together."""
    own, whole = groups[more.rows], people[more.rows]
    placed = own >= 0
    seen = np.unique(np.stack([whole[placed], more.photos[placed], own[placed]], axis=1), axis=0)
    again = (seen[1:, :2] == seen[:-1, :2]).all(axis=1)
    apart = np.isin(people, seen[1:][again, 0])
    first = int(people.max(initial=-1)) + 1
    return np.where(apart & (people >= 0), first + groups, people).astype(np.int32)


def without(photo: Ints, photos: NDArray[np.int64]) -> Ints:
    """The photo of each face, int32 [N], where every face of those `photos` has one of its own."""
    own = np.nonzero(np.isin(photo, photos))[0]
    apart = photo.copy()
    apart[own] = int(photo.max(initial=-1)) + 1 + np.arange(len(own), dtype=np.int32)
    return apart
