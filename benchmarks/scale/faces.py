"""The real faces that made-up ones are drawn around; where they are missing, stand-ins."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np

from benchmarks.common.albums import Album, Model, part_of_people, pour
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from benchmarks.scale import crowds, synthetic
from benchmarks.scale.crowds import Library, Shape
from benchmarks.scale.synthetic import Bank, Real
from facecluster.cluster.centroids import unit
from facecluster.cluster.tuning import DEFAULT
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.quality import quality
from facecluster.records import FaceTable, Floats

STAND_INS = "stand-ins"
# Stand-ins are about as far apart as the faces of the shipped model are.
CROWD, DONORS, BEHIND = 300, 40, 200
BETWEEN, WITHIN = 0.11, 0.045  # variance of centres and of faces around them, all numbers together


def real_sets(options: argparse.Namespace) -> tuple[Model, list[Real], list[Album]]:
    """The model, its faces of each set, and the sets themselves; no sets without the pictures."""
    paths = {name: (options.data / path).resolve() for name, path in FOLDERS.items()}
    there = all(path.is_dir() for path in paths.values()) and not options.made_up
    source = Source(options.kept, threads=0 if there else 1)
    if not there:
        return source.model, [stand_ins(options.seed)], []
    albums = [source.album(path) for path in paths.values()]
    sets = [real(name, album) for name, album in zip(paths, albums, strict=True)]
    return source.model, sets, albums


def trust(faces: FaceTable) -> Floats:
    """The quality of each face, as the shipped model's faces are judged."""
    sizes, clear = faces.sizes, faces.clarity
    return quality(faces.scores, faces.landmarks, sizes, clear, faces.consistency)


def real(name: str, album: Album) -> Real:
    """The faces of an album; those nearest to the middle are whom the photo is named after."""
    middle = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    people = np.full(len(album.faces), -1, np.int64)
    names = np.unique(album.names, return_inverse=True)[1]
    people[middle[middle >= 0]] = names[middle >= 0]
    return Real(name, album.faces.embeddings, trust(album.faces), people)


def stand_ins(seed: int = 0, length: int = 128) -> Real:
    """Seeded vectors in place of real faces: CROWD people, DONORS of whom have many."""
    random = np.random.default_rng(seed)
    falling = 1 / (2.0 + np.arange(length))
    sizes = np.ones(CROWD, np.int64)
    sizes[:DONORS] = random.integers(12, 40, DONORS)
    people = np.repeat(np.arange(CROWD), sizes)
    centres = random.standard_normal((CROWD, length)) * np.sqrt(BETWEEN * falling / falling.sum())
    spread = random.standard_normal((len(people), length)) * np.sqrt(WITHIN / length)
    behind = random.standard_normal((BEHIND, length)) * np.sqrt(WITHIN * falling / falling.sum())
    rows = np.concatenate([centres[people] + spread, behind]) + 0.917 / np.sqrt(length)
    known = np.concatenate([people, np.full(BEHIND, -1)])
    good = np.where(known >= 0, 0.99, 0.5).astype(np.float32)
    return Real(STAND_INS, unit(rows.astype(np.float32)), good, known)


class Libraries:
    """Libraries of one shape and any size in `folder`, each made once."""

    def __init__(self, bank: Bank, folder: Path, seed: int, shape: Shape | None = None) -> None:
        self.bank = bank
        self._folder, self._seed, self._shape = folder, seed, shape or Shape()
        code = b"".join(Path(str(m.__file__)).read_bytes() for m in (crowds, synthetic))
        rest = [getattr(bank, name).tobytes() for name in ("means", "roots", "residuals")]
        told = crowds.stamp(self._shape).encode()
        self._key = hashlib.sha256(b"".join([code, told, *rest])).hexdigest()[:12]

    def path(self, count: int) -> Path:
        """The file of `count` faces, made where it is missing."""
        path = self._folder / f"{self._shape.growth}-{count}-{self._seed}-{self._key}.npz"
        if not path.is_file():
            crowds.library(self.bank, count, self._seed, self._shape).save(path)
        return path

    def load(self, count: int) -> Library:
        return Library.load(self.path(count))


def bank_of(sets: list[Real], seed: int) -> Bank:
    return synthetic.fit(sets, DEFAULT.gate.trusted, seed)


def real_library(albums: list[Album], count: int, seed: int) -> Library:
    """Whole people of real sets together, by chance, with about `count` faces in their photos."""
    together = pour(albums)
    share = min(1.0, count / max(len(together.faces), 1))
    part = part_of_people(together, int(share * len(together)), seed)
    names = np.unique(part.names, return_inverse=True)[1]
    main = middle_faces(part.faces.photo, part.faces.boxes, part.extents)
    people = len(part.sizes) + np.arange(len(part.faces))  # nobody knows who is in the background
    people[main[main >= 0]] = names[main >= 0]
    good = trust(part.faces)
    poor = (people >= len(part.sizes)) & (good < DEFAULT.gate.trusted)
    origin = np.zeros(len(people), np.int8)
    return Library(part.faces, good, np.asarray(people, np.int32), poor, origin)
