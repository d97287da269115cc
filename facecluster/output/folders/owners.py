"""Whose a folder was, and where that person is now: folder names are ranks, people are faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facecluster.output.folders.manifest import Manifest
from facecluster.report.records import Report

NOBODY = ""


def faces_by_folder(report: Report) -> dict[str, tuple[str, ...]]:
    """By folder of a person, the faces in it as `DIGEST-ORDINAL`, sorted."""
    keys = _keys(report)
    return {
        p.folder: tuple(sorted(keys[i] for i in p.faces))
        for p in report.people
        if p.folder is not None
    }


def _keys(report: Report) -> list[str]:
    keys = [NOBODY] * len(report.faces)
    for photo in report.photos:
        for ordinal, face in enumerate(photo.faces):
            keys[face] = f"{photo.digest}-{ordinal}"
    return keys


@dataclass(frozen=True, slots=True)
class Owners:
    """now: by folder, the faces of the person who has it in this run. homes: by folder of an
    earlier run, the folder that its person has now, or None when that person is not there."""

    now: Mapping[str, tuple[str, ...]]
    homes: Mapping[str, str | None]

    def home(self, folder: str) -> str | None:
        """Where what lies in `folder` and belongs to its person should be; None for nowhere."""
        return self.homes.get(folder)

    def taken(self, folder: str) -> bool:
        """Whether a person has this folder in this run."""
        return folder in self.now


def find_owners(manifest: Manifest, report: Report) -> Owners:
    """Follow each folder's person to where most of its faces, as far as they are still there, are.

    Lists of earlier versions do not say which faces: all faces of the photos in a folder count
    there. Nobody is followed on a tie.
    """
    now = faces_by_folder(report)
    where = dict.fromkeys(_keys(report), NOBODY)
    where.update((face, folder) for folder, faces in now.items() for face in faces)
    homes = {folder: _most(where[f] for f in faces if f in where)
             for folder, faces in manifest.people.items()}  # fmt: skip
    by_digest: dict[str, set[str]] = {}
    for face, folder in where.items():
        by_digest.setdefault(face.partition("-")[0], set()).add(folder)
    old: dict[str, list[str]] = {}
    for entry in manifest.files:
        folder = entry.path.rpartition("/")[0]
        if folder.startswith("people/") and folder not in homes:
            people = by_digest.get(entry.digest, set())
            old.setdefault(folder, []).extend(people - {NOBODY} or people)
    return Owners(now, homes | {folder: _most(votes) for folder, votes in old.items()})


def _most(votes: Iterable[str]) -> str | None:
    first, second = [*Counter(votes).most_common(2), (NOBODY, 0), (NOBODY, 0)][:2]
    return first[0] or None if first[1] > second[1] else None
