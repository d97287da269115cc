"""Whose a folder was, and where that person is now: folder names change, people are faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from facecluster.identity import FaceKey, overlap
from facecluster.output.folders.door import Whose, parsed
from facecluster.output.folders.manifest import Manifest
from facecluster.report.records import Report

NOBODY = ""
SAME_PLACE = 0.5  # intersection over union from which two boxes in one picture are one face


def whose_folders(report: Report) -> dict[str, Whose]:
    """By folder of a person, whose it is."""
    faces = report.faces
    return {
        p.folder: Whose(tuple(sorted(faces[i].key for i in p.faces)), p.id)
        for p in report.people
        if p.folder is not None
    }


@dataclass(frozen=True, slots=True)
class Owners:
    """now: by folder, whose it is in this run. homes: by folder of an earlier run, the folder that
    its person has now, or None when that person is not there."""

    now: Mapping[str, Whose]
    homes: Mapping[str, str | None]

    def home(self, folder: str) -> str | None:
        """Where what lies in `folder` and belongs to its person should be; None for nowhere."""
        return self.homes.get(folder)

    def taken(self, folder: str) -> bool:
        """Whether a person has this folder in this run."""
        return folder in self.now


def find_owners(manifest: Manifest, report: Report) -> Owners:
    """Follow each folder's person by number, else to where most of its faces are.

    A number counts where the person of that number has one of the faces, or none of the faces is
    there any more: numbers that began anew are not believed. Lists of earlier versions say neither:
    all faces of the photos in a folder count there. Nobody is followed on a tie.
    """
    now = whose_folders(report)
    places = _Places(report)
    homes = {folder: places.home(whose) for folder, whose in manifest.people.items()}
    by_digest: dict[str, set[str]] = {}
    for photo in report.photos:
        by_digest.setdefault(photo.digest, set()).update(map(places.of_face, photo.faces))
    old: dict[str, list[str]] = {}
    for entry in manifest.files:
        folder = entry.path.rpartition("/")[0]
        if folder.startswith("people/") and folder not in homes:
            people = by_digest.get(entry.digest, set())
            old.setdefault(folder, []).extend(people - {NOBODY} or people)
    return Owners(now, homes | {folder: _most(votes) for folder, votes in old.items()})


class _Places:
    """In which folder each person and each face of a report is, NOBODY for none."""

    def __init__(self, report: Report) -> None:
        self._folders = {p.id: p.folder or NOBODY for p in report.people}
        self._people = [face.person for face in report.faces]
        self._rows = {face.key: face.id for face in report.faces if face.key}
        self._by_image: dict[str, list[int]] = {}
        for key, row in self._rows.items():
            self._by_image.setdefault(key.partition("@")[0], []).append(row)
        self._keys = {row: key for key, row in self._rows.items()}

    def of_face(self, row: int) -> str:
        person = self._people[row]
        return NOBODY if person is None else self._folders.get(person, NOBODY)

    def home(self, whose: Whose) -> str | None:
        """Where the person is whom these faces were; None for nowhere."""
        rows = [row for face in whose.faces if (row := self._row(face)) is not None]
        if whose.id in self._folders:
            votes = {self._people[row] for row in rows}
            if not rows or whose.id in votes:
                return self._folders[whose.id] or None
        return _most(map(self.of_face, rows))

    def _row(self, face: str) -> int | None:
        """The face of the report that this key means: another detector draws it otherwise."""
        if face in self._rows:
            return self._rows[face]
        rows = self._by_image.get(face.partition("@")[0], [])
        here = list(parsed(self._keys[row] for row in rows))
        for wanted in parsed([face]) if here else ():
            return self._nearest(wanted, here)
        return None

    def _nearest(self, wanted: FaceKey, here: list[FaceKey]) -> int | None:
        shared = overlap(np.array(wanted.box)[None], np.array([key.box for key in here]))
        best = int(shared.argmax())
        return self._rows.get(str(here[best])) if shared[best] >= SAME_PLACE else None


def _most(votes: Iterable[str]) -> str | None:
    first, second = [*Counter(votes).most_common(2), (NOBODY, 0), (NOBODY, 0)][:2]
    return first[0] or None if first[1] > second[1] else None
