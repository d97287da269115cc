"""Libraries with hard faces: a part of every person's pictures is worse than the others.

Half of the people keep no picture that is as it was: to the library they are strangers.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import worsen
from benchmarks.common.albums import Album, pour
from benchmarks.common.reading import Source, owner
from benchmarks.common.worsen import KINDS, Face, Kind
from facecluster.config import ReadConfig, ScanConfig
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.quality import head_turn
from facecluster.library.index import Index
from facecluster.library.readings import Reading
from facecluster.photos.read import decode, load
from facecluster.photos.scan import scan
from facecluster.reading import Reader, decoded_size

SHARE = 4  # of so many pictures of a person, one is hard
AS_THEY_ARE, PROFILES = "as they are", "profile"


@dataclass(frozen=True, slots=True)
class Library:
    """hard: bool [P], the photos that are judged. known: bool [P], whose person has clean ones."""

    album: Album
    hard: NDArray[np.bool_]
    known: NDArray[np.bool_]


class Worsened:
    """The pictures of a folder, some of them made worse."""

    def __init__(self, root: Path, cache: Path, source: Source, seed: int) -> None:
        self.root, self._cache, self._seed = root, cache, seed
        self._files = [file for file in scan(root, ScanConfig()).files if "/" in file.path]
        self._reader = Reader(ReadConfig())
        self.album = source.album(root)
        faces = self.album.faces
        self._main = middle_faces(faces.photo, faces.boxes, self.album.extents)
        self._random = np.random.default_rng(seed).random(len(self.album))

    def libraries(self, words: Collection[str] = ()) -> Iterator[tuple[str, Library]]:
        """By kind: as they are, the profiles among the pictures, each kind and strength; only
        those with one of `words` in their name where there are any."""

        def wanted(name: str) -> bool:
            return not words or any(word in name for word in words)

        chosen, profiles = self._hard(self._random), self._hard(-self._turns())
        for name, photos in ((AS_THEY_ARE, chosen), (PROFILES, profiles)):
            if wanted(name):
                yield name, self._library(photos, self.album.take(photos))
        for kind in KINDS:
            if wanted(kind.name):
                yield kind.name, self._library(chosen, self._worse(kind, chosen))

    def _turns(self) -> NDArray[np.float64]:
        turns = np.zeros(len(self.album))
        there = self._main >= 0
        turns[there] = head_turn(self.album.faces.landmarks[self._main[there]])
        return turns

    def _hard(self, rank: NDArray[np.float64]) -> NDArray[np.int64]:
        """Photos with a face, one in SHARE of each person's, the lowest ranks."""
        rows: list[int] = []
        for name in np.unique(self.album.names):
            mine = np.nonzero((self.album.names == name) & (self._main >= 0))[0]
            rows += mine[np.argsort(rank[mine], kind="stable")][: -(-len(mine) // SHARE)].tolist()
        return np.array(sorted(rows), np.int64)

    def _library(self, chosen: NDArray[np.int64], worse: Album) -> Library:
        people = np.unique(self.album.names)
        regulars = people[::2]
        clean = np.isin(self.album.names, regulars)
        clean[chosen] = False
        album = pour([self.album.take(np.nonzero(clean)[0]), worse])
        hard = np.arange(len(album)) >= clean.sum()
        return Library(album, hard, np.isin(album.names, regulars))

    def _worse(self, kind: Kind, chosen: NDArray[np.int64]) -> Album:
        """The photos `chosen`, made worse and read, or as they were kept."""
        files = [self._files[row] for row in chosen]
        stamp = [(file.path, file.size, file.mtime_ns) for file in files]
        told = f"{self._reader.id}\n{self.root}\n{kind.name} {worsen.VERSION} {self._seed}\n{stamp}"
        key = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        path = self._cache / f"hard-{key}.npz"
        if not path.is_file():
            print(f"{kind.name}: reading {len(files)} pictures", file=sys.stderr)
            with Index(self._cache / "unused.db", self._reader.id, keep=False) as index:
                index.add(self._reading(kind, row) for row in chosen)
                photos, faces = index.load(files, {})
            extents = np.array([(p.width, p.height) for p in photos], float).reshape(-1, 2)
            names = np.array([owner(file) for file in files], str)
            Album(names, np.array([p.digest for p in photos], str), extents, faces).save(path)
        return Album.load(path)

    def _reading(self, kind: Kind, row: int) -> Reading:
        file, face = self._files[row], self._main[row]
        whole = decode(load(self.root / file.path), decoded_size(self._reader.embedder.spec))
        scale = np.asarray(whole.scale, np.float32)
        box = self.album.faces.boxes[face] / np.tile(scale, 2)
        known = Face(box, self.album.faces.landmarks[face] / scale)
        digest = str(self.album.digests[row])
        worse = kind.apply(whole, known, int(digest[:8], 16) + self._seed)
        name = hashlib.blake2b(f"{digest} {kind.name}".encode(), digest_size=16).hexdigest()
        faces = self._reader.faces(worse)
        return Reading(file, name, worse.width, worse.height, faces=faces)
