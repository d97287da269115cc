"""Known people: a folder of pictures that say whose they are by their folder or their name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from facecluster.errors import FaceclusterError
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.evaluate.people.seen_photos import Seen
from facecluster.records import Floats

_NUMBER = re.compile(r"[ _-]+\d+$|[ _-]*\(\d+\)$")


@dataclass(frozen=True, slots=True)
class SubjectTuning:
    """Who may be the subject of a picture; both set by hand.

    quality: of a face (faces/quality.py); below it, it is more likely to mislead than to help.
    share: of the largest face's size; who stands further back is not the subject.
    """

    quality: float = 0.5
    share: float = 0.5


SUBJECT = SubjectTuning()


@dataclass(frozen=True, slots=True)
class Known:
    """names: of the people, sorted. person: int64 [G], row in names. embeddings: float32 [G, D]
    (distances.py). skipped: path and reason of pictures that could not be used."""

    names: tuple[str, ...]
    person: NDArray[np.int64]
    embeddings: Floats
    skipped: tuple[tuple[str, str], ...] = ()

    def counts(self) -> dict[str, int]:
        """Pictures by name."""
        found = Counter(self.person.tolist())
        return {name: found[row] for row, name in enumerate(self.names)}


def person_name(path: str) -> str:
    """Whose picture it is: `Ada` of Ada/x.jpg, Ada.jpg, Ada_1.jpg, Ada-02.png and `Ada (3).jpg`.

    path: inside the folder, with `/`.
    """
    parts = PurePosixPath(path).parts
    if len(parts) > 1:
        return parts[0]
    stem = PurePosixPath(path).stem
    return _NUMBER.sub("", stem) or stem


def known_people(pictures: Sequence[Seen], folder: str) -> Known:
    """The subject of each picture. folder: its name, for the message.

    Raises FaceclusterError when there is nobody to compare with.
    """
    rows, names, skipped = [], [], []
    for seen in pictures:
        chosen = None if seen.faces is None else subject(seen.faces, seen.width, seen.height)
        if seen.faces is not None and chosen is not None:
            rows.append(seen.faces.embeddings[chosen])
            names.append(person_name(seen.path))
        else:
            nothing = "no face in it is good enough" if seen.faces else "no face was found"
            skipped.append((seen.path, seen.problem or nothing))
    if not rows:
        if skipped:
            why = f"none of its {len(skipped)} pictures can be used, such as {skipped[0][0]}: "
            raise FaceclusterError(f"{folder}: {why}{skipped[0][1]}")
        raise FaceclusterError(
            f"{folder}: there are no pictures in it; put in one folder per person, or NAME_1.jpg"
        )
    people = sorted(set(names))
    person = np.array([people.index(name) for name in names], np.int64)
    return Known(tuple(people), person, np.stack(rows).astype(np.float32), tuple(skipped))


def subject(faces: Faces, width: int, height: int, tuning: SubjectTuning = SUBJECT) -> int | None:
    """Whom a picture is about: of its large faces that can be trusted, the one nearest the middle.

    width, height: px of the photo. None when there is none.
    """
    good = np.flatnonzero(faces.quality >= tuning.quality)
    if not len(good):
        return None
    large = good[faces.sizes[good] >= tuning.share * faces.sizes[good].max()]
    middle = faces.boxes[large, :2] + faces.boxes[large, 2:] / 2
    away = np.hypot(*(middle - (width / 2, height / 2)).T) / faces.sizes[large]
    return int(large[np.argmin(away)])
