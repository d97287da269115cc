"""The faces of a folder of labelled photos, read once by each reader and then kept."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Album, Model
from facecluster.config import ReadConfig, ScanConfig
from facecluster.faces.quality import FITTED_TO
from facecluster.library.index import Index
from facecluster.photos.scan import scan
from facecluster.reading import Reader, read_photos
from facecluster.records import PhotoFile


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
        path = self._cache / f"{root.name}-{self._key(root, files)}.npz"
        if not path.is_file():
            self._read(root, files).save(path)
        return Album.load(path)

    def _key(self, root: Path, files: Sequence[PhotoFile]) -> str:
        stamp = [(file.path, file.size, file.mtime_ns) for file in files]
        told = f"{self._reader.id}\n{root.resolve()}\n{stamp}"
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def _read(self, root: Path, files: Sequence[PhotoFile]) -> Album:
        """As `facecluster group` reads, through an index in memory."""
        print(f"{root}: reading {len(files)} photos", file=sys.stderr)
        with Index(self._cache / "unused.db", self._reader.id, keep=False) as index:
            read = read_photos(self._reader, root, files, (), _no_thumbnails, self._threads)
            index.add(read)
            photos, faces = index.load(files, {})
        return Album(
            names=np.array([owner(file) for file in files], str),
            digests=np.array([photo.digest for photo in photos], str),
            extents=np.array([(p.width, p.height) for p in photos], float).reshape(-1, 2),
            faces=faces,
        )


def owner(file: PhotoFile) -> str:
    """The first folder of a photo's path."""
    return file.path.split("/", 1)[0]


def photos_by_person(root: Path) -> dict[str, int]:
    """How many photos each folder of `root` holds, by name, without reading any."""
    sizes: dict[str, int] = {}
    for file in scan(root, ScanConfig()).files:
        if "/" in file.path:
            sizes[owner(file)] = sizes.get(owner(file), 0) + 1
    return sizes


def _no_thumbnails(digest: str, files: list[bytes]) -> None:
    """Nobody looks at these."""
