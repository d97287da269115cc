"""The faces of many photos, which were named one by one or by their folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from facecluster.base.progress import Progress, no_progress
from facecluster.config import ScanConfig
from facecluster.evaluate.people.picture_faces import Faces, faces_of
from facecluster.photos.scan import scan
from facecluster.reading import Reader, read_photos
from facecluster.records import PhotoFile


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one photo. faces: None when it could not be read, and problem says why.

    width, height: px of the photo.
    """

    path: str
    faces: Faces | None
    width: int = 0
    height: int = 0
    problem: str | None = None

    def at_least(self, size: float) -> Seen:
        """Without the faces whose box is narrower, in px."""
        if self.faces is None:
            return self
        return replace(self, faces=self.faces.only(self.faces.sizes >= size))


def see_folder(
    reader: Reader, folder: Path, threads: int = 0, progress: Progress = no_progress
) -> list[Seen]:
    """Every photo in a folder, by its path inside it; subfolders that cannot be listed as well.

    threads 0: one per core. progress hears `read`, done and total.
    """
    found = scan(folder, ScanConfig())
    seen = _see(reader, folder, found.files, threads, progress)
    return [*seen, *(Seen(f"{p.path}/", None, problem=p.reason) for p in found.problems)]


def see_photos(
    reader: Reader,
    places: Sequence[Path],
    skip: Path | None = None,
    threads: int = 0,
    progress: Progress = no_progress,
) -> list[Seen]:
    """Photos of `places`, each real file once: files as they are, and folders as photos.scan.scan
    lists them, without the folder `skip`. Paths are as they were given."""
    files: dict[str, PhotoFile] = {}
    problems: list[Seen] = []
    for place in places:
        if not place.is_dir():
            inside = [PhotoFile(str(place), 0, 0)]  # size and time only serve an index
        else:
            found = scan(place, ScanConfig(), skip=skip)
            inside = [PhotoFile(str(place / f.path), f.size, f.mtime_ns) for f in found.files]
            problems += [Seen(f"{place / p.path}/", None, problem=p.reason) for p in found.problems]
        for file in inside:
            files.setdefault(os.path.realpath(file.path), file)
    return [*_see(reader, Path(), list(files.values()), threads, progress), *problems]


def _see(
    reader: Reader,
    root: Path,
    files: Sequence[PhotoFile],
    threads: int,
    progress: Progress,
) -> list[Seen]:
    """In the order of the files. Only the faces' numbers are kept in memory."""
    found: dict[str, Seen] = {}
    spec = reader.embedder.spec
    for reading in read_photos(reader, root, files, (), _no_thumbnails, threads):
        path = reading.file.path
        faces = None if reading.faces is None else faces_of(reading.faces, spec)
        found[path] = Seen(path, faces, reading.width, reading.height, reading.problem)
        progress("read", len(found), len(files))
    return [found[file.path] for file in files]


def _no_thumbnails(digest: str, files: list[bytes]) -> None:
    """Nothing is shown."""
