"""The faces of a folder of labelled photos, read once by each reader and then kept."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Album, Model
from facecluster.base.pool import pooled
from facecluster.config import ReadConfig, ScanConfig
from facecluster.faces.quality import FITTED_TO
from facecluster.library.index import Index
from facecluster.library.readings import Reading
from facecluster.photos.scan import scan
from facecluster.reading import IN_FLIGHT, Reader, read_photos
from facecluster.records import PhotoFile, Picture


class Source:
    """Reads folders with one model; faces are kept in `cache` for each folder, model and version.

    model: an ONNX embedder, None for the shipped one. threads: 0 for one per core.
    """

    def __init__(self, cache: Path, model: Path | None = None, threads: int = 0) -> None:
        self._reader = Reader(ReadConfig(model=model))
        self._cache = cache
        self._threads = threads
        spec = self._reader.embedder.spec
        self.model = Model(
            id=self._reader.id,
            name=spec.name,
            distance=spec.distance,
            far_table=spec.far_table,
            faces=spec.align != "none",
            fitted=spec.name in FITTED_TO,
        )

    @property
    def told(self) -> dict[str, Any]:
        """The model as a process of its own can be told of it."""
        return asdict(self.model)

    def album(self, root: Path, people: Collection[str] | None = None) -> Album:
        """The photos in the folders of `root`, each folder one person; `people` narrows them."""
        files = [file for file in scan(root, ScanConfig()).files if "/" in file.path]
        if people is not None:
            wanted = frozenset(people)
            files = [file for file in files if owner(file) in wanted]
        return self._kept(root, files, owner)

    def strangers(self, root: Path) -> Album:
        """The photos in `root` itself, in the order of `lone_photos`. Each is of a person of its
        own, who is called as the file is but for its suffix."""
        return self._kept(root, lone_photos(root), stem)

    def made(self, told: str, names: Sequence[str], make: Callable[[int], Picture]) -> Album:
        """Pictures that are in no file, read as photos are.

        told: all that decides what they show. names: the person of each. make: the picture of each
        row of `names`; called in several threads.
        """
        key = hashlib.sha256(f"{self._reader.id}\n{told}\n{list(names)}".encode()).hexdigest()[:16]
        path = self._cache / f"made-{key}.npz"

        def read(row: int) -> Reading:
            picture = make(row)
            digest = hashlib.blake2b(f"{key} {row}".encode(), digest_size=16).hexdigest()
            faces = self._reader.faces(picture)
            return Reading(files[row], digest, picture.width, picture.height, faces=faces)

        if not path.is_file():
            files = [PhotoFile(f"{row}", 0, 0) for row in range(len(names))]
            print(f"reading {len(files)} pictures made of others", file=sys.stderr)
            with Index(self._cache / "unused.db", self._reader.id, keep=False) as index:
                threads = self._threads or self._reader.threads
                index.add(pooled(read, range(len(names)), threads, IN_FLIGHT, ordered=False))
                self._album(index, files, names).save(path)
        return Album.load(path)

    def _kept(
        self, root: Path, files: Sequence[PhotoFile], name: Callable[[PhotoFile], str]
    ) -> Album:
        """These photos of `root`, each named by `name`; read if nobody has done so."""
        path = self._cache / f"{root.name}-{self._key(root, files)}.npz"
        if not path.is_file():
            self._read(root, files, name).save(path)
        return Album.load(path)

    def _key(self, root: Path, files: Sequence[PhotoFile]) -> str:
        stamp = [(file.path, file.size, file.mtime_ns) for file in files]
        told = f"{self._reader.id}\n{root.resolve()}\n{stamp}"
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def _read(
        self, root: Path, files: Sequence[PhotoFile], name: Callable[[PhotoFile], str]
    ) -> Album:
        """As `facecluster group` reads, through an index in memory."""
        print(f"{root}: reading {len(files)} photos", file=sys.stderr)
        with Index(self._cache / "unused.db", self._reader.id, keep=False) as index:
            read = read_photos(self._reader, root, files, (), _no_thumbnails, self._threads)
            index.add(read)
            return self._album(index, files, [name(file) for file in files])

    def _album(self, index: Index, files: Sequence[PhotoFile], names: Sequence[str]) -> Album:
        photos, faces = index.load(files, {})
        return Album(
            names=np.array(names, str),
            digests=np.array([photo.digest for photo in photos], str),
            extents=np.array([(p.width, p.height) for p in photos], float).reshape(-1, 2),
            faces=faces,
        )


def owner(file: PhotoFile) -> str:
    """The first folder of a photo's path."""
    return file.path.split("/", 1)[0]


def stem(file: PhotoFile) -> str:
    """A photo's name without its suffix."""
    return file.name.rpartition(".")[0] or file.name


def lone_photos(root: Path) -> list[PhotoFile]:
    """The photos that lie in `root` itself, without reading any."""
    return [file for file in scan(root, ScanConfig()).files if "/" not in file.path]


def photos_by_person(root: Path) -> dict[str, int]:
    """How many photos each folder of `root` holds, by name, without reading any."""
    sizes: dict[str, int] = {}
    for file in scan(root, ScanConfig()).files:
        if "/" in file.path:
            sizes[owner(file)] = sizes.get(owner(file), 0) + 1
    return sizes


def _no_thumbnails(digest: str, files: list[bytes]) -> None:
    """Nobody looks at these."""
