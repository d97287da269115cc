"""The evidence of groupings whose truth is known: what confidence is fitted to and judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.albums import Album, Model
from benchmarks.common.libraries import FITTED_PEOPLE, halves, libraries, names_in
from benchmarks.common.options import chosen
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from facecluster.cluster.confidence.face_evidence import face_evidence
from facecluster.cluster.confidence.features import Features
from facecluster.cluster.confidence.pair_evidence import pair_evidence
from facecluster.cluster.confidence.person_evidence import person_evidence
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.config import ClusterConfig
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.quality import quality
from facecluster.records import Ints

NOBODY = -1
WHAT = ("faces", "people", "pairs")
MIXED_FACES, MIXED_SHARE = 2, 1 / 3  # of a second name, from which a person counts as mixed
KNOWN_SHARE = 0.7  # of a person's faces whose names are known, from which it can be judged

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """Evidence float64 [R, F] and whether it is so, bool [R]: a face is of its person, a person is
    one person, a pair of people is one person."""

    evidence: Features
    so: Flags


@dataclass(frozen=True, slots=True)
class Known:
    """A grouped library. answers: by WHAT. pairs: int64 [R, 2], the people of the pairs that were
    asked about. splits: how many people too many were made of those who are in several."""

    kind: str
    answers: dict[str, Answers]
    pairs: NDArray[np.int64]
    splits: int


@dataclass(frozen=True, slots=True)
class Names:
    """Whose the people of a grouping are, by the names of their photos' middle faces.

    major: int64 [K], the name that most of them have, NOBODY where none is known. second: int64
    [K], faces of the next one. known: int64 [K], faces whose name is known.
    """

    major: NDArray[np.int64]
    second: NDArray[np.int64]
    known: NDArray[np.int64]

    @property
    def mixed(self) -> Flags:
        least = np.minimum(MIXED_FACES, MIXED_SHARE * np.maximum(self.known, 1))
        return np.asarray(self.second >= least, bool)

    @property
    def splits(self) -> int:
        """A name that is the major one of n people counts n - 1."""
        named = self.major[self.major != NOBODY]
        return len(named) - len(np.unique(named))


def names_of(labels: Ints, who: NDArray[np.int64]) -> Names:
    """labels: int32 [N], the person of each face or -1. who: int64 [N], its name or NOBODY."""
    count = int(labels.max(initial=-1)) + 1
    judged = (labels >= 0) & (who != NOBODY)
    table = np.zeros((count, int(who.max(initial=0)) + 1), np.int64)
    np.add.at(table, (labels[judged], who[judged]), 1)
    known = table.sum(axis=1)
    ordered = np.sort(table, axis=1)
    second = ordered[:, -2] if table.shape[1] > 1 else np.zeros(count, np.int64)
    return Names(np.where(known > 0, table.argmax(axis=1), NOBODY), second, known)


def who_is(album: Album) -> NDArray[np.int64]:
    """The name of the face nearest to the middle of each photo, as a number; NOBODY of the others.
    int64 [N]."""
    middle = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    who = np.full(len(album.faces), NOBODY, np.int64)
    numbers = np.unique(album.names, return_inverse=True)[1]
    who[middle[middle >= 0]] = numbers[middle >= 0]
    return who


def known(kind: str, album: Album, model: Model) -> Known:
    """Group a library as `facecluster group` does, and ask of all it found whether it is so."""
    faces, curve = album.faces, FalseAcceptCurve(model.far_table, model.distance)
    consistency = faces.consistency if model.fitted else None
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, consistency)
    labels = find_people(faces, trust, ClusterConfig(), curve).labels
    who = who_is(album)
    names = names_of(labels, who)
    placed = np.nonzero(labels >= 0)[0]
    named = who[placed] != NOBODY
    answers = {
        "faces": Answers(
            face_evidence(labels, faces.embeddings, curve)[named],
            (who[placed] == names.major[labels[placed]])[named],
        )
    }
    members = np.bincount(labels[placed], minlength=len(names.known))
    clear = names.known >= np.maximum(2, KNOWN_SHARE * members)
    evidence = person_evidence(labels, faces.embeddings, curve)
    answers["people"] = Answers(evidence[clear], ~names.mixed[clear])
    pairs, evidence = pair_evidence(labels, faces.embeddings, faces.photo, curve)
    asked = (names.major[pairs] != NOBODY).all(axis=1)
    first, second = names.major[pairs[asked]].T
    answers["pairs"] = Answers(evidence[asked], first == second)
    return Known(kind, answers, pairs[asked], names.splits)


def together(libraries: Sequence[Known], what: str) -> Answers:
    """The answers of all of them in their order."""
    found = [library.answers[what] for library in libraries]
    return Answers(
        np.concatenate([a.evidence for a in found]), np.concatenate([a.so for a in found])
    )


def known_half(source: Source, data: Path, half: int, seed: int, draws: int = 1) -> list[Known]:
    """The grouped libraries of the people to fit on (0) or to judge on (1); those that are drawn
    `draws` times. data: the folder of lfw and pins44."""
    many, few = (source.album(path) for path in chosen([data / f for f in FOLDERS.values()], ()))
    both = halves(many, few, names_in(data / FITTED_PEOPLE), seed)
    made = libraries(both[half], seed, draws)
    return [known(kind, album, source.model) for kind, album in made]
