"""How right the folders are that a program made of an album of which we know who is where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.photos import Face
from facecluster.cluster.metrics import bcubed, pairwise

Truth = Mapping[str, Sequence[Face]]
NOBODY = -1


def people_of_photos(people: Sequence[Path], known: Truth) -> dict[str, set[str]]:
    """The folders of people that hold each photo of `known`, by the photo's file name.

    people: the folder of each person. A tool may write a photo of two people of one folder twice,
    as `0001_1.jpg`.
    """
    found: dict[str, set[str]] = {}
    for folder in people:
        for file in folder.iterdir():
            name = file.name
            if name not in known:
                name = file.stem.rpartition("_")[0] + file.suffix
            found.setdefault(name, set()).add(folder.name)
    return found


def judge_photos(people: Sequence[Path], truth: Truth) -> dict[str, Any]:
    """BCubed and pairwise F over the photos that show one person.

    A photo belongs to the folder it lies in, to the largest where it lies in several (a face in the
    background), and to nobody where it lies in none: a person of its own. Any tool that makes
    one folder per person can be judged so.
    """
    lies_in = people_of_photos(people, truth)
    sizes: dict[str, int] = {}
    for names in lies_in.values():
        for name in names:
            sizes[name] = sizes.get(name, 0) + 1
    number = {name: i for i, name in enumerate(sorted(sizes, key=lambda n: (-sizes[n], n)))}
    wanted = [file for file, faces in truth.items() if len(faces) == 1]
    found = [min((number[n] for n in lies_in.get(f, ())), default=NOBODY) for f in wanted]
    return _scores([truth[file][0].person for file in wanted], found)


def judge_faces(report: Mapping[str, Any], truth: Truth) -> dict[str, Any]:
    """The same over all faces, by facecluster's report: a face is the one whose box holds its
    middle, the nearest of several; one that was not found or not placed belongs to nobody."""
    boxes: dict[str, list[tuple[tuple[float, float, float, float], int]]] = {}
    for face in report["faces"]:
        person = NOBODY if face["person"] is None else int(face["person"])
        boxes.setdefault(face["photo"], []).append((tuple(face["box"]), person))
    names, found, seen = [], [], 0
    for file, faces in truth.items():
        for face in faces:
            hits = []
            for (x, y, width, height), person in boxes.get(file, ()):
                across, down = face.x - x - width / 2, face.y - y - height / 2
                if abs(across) <= width / 2 and abs(down) <= height / 2:
                    hits.append((across**2 + down**2, person))
            seen += bool(hits)
            names.append(face.person)
            found.append(min(hits)[1] if hits else NOBODY)
    return _scores(names, found) | {"seen": seen}


def _scores(names: Sequence[str], found: Sequence[int]) -> dict[str, Any]:
    truth = np.unique(np.array(names, str), return_inverse=True)[1]
    return {
        "judged": len(found),
        "placed": sum(label != NOBODY for label in found),
        "bcubed": bcubed(truth, found).f,
        "pairwise": pairwise(truth, found).f,
    }
