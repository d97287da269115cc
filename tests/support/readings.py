"""Readings without photos: the index takes them as they come."""

from __future__ import annotations

import numpy as np

from facecluster.library.readings import Reading
from facecluster.records import Detections, FaceBatch, PhotoFile

READER = "1/detector/embedder"


def make_faces(rng: np.random.Generator, count: int, dimension: int = 128) -> FaceBatch:
    """Random faces with unit embeddings."""
    embeddings = rng.normal(size=(count, dimension))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    found = Detections(
        boxes=rng.uniform(0, 4000, (count, 4)).astype(np.float32),
        landmarks=rng.uniform(0, 4000, (count, 5, 2)).astype(np.float32),
        scores=np.sort(rng.uniform(0, 1, count))[::-1].astype(np.float32),
    )
    return FaceBatch(
        found,
        clarity=rng.normal(size=(count, 3)).astype(np.float32),
        consistency=rng.uniform(0.9, 1, count).astype(np.float32),
        embeddings=embeddings.astype(np.float32),
    )


def file(path: str, size: int = 100, mtime: int = 1) -> PhotoFile:
    return PhotoFile(path, size, mtime)


def digest_of(name: str) -> str:
    """A digest as bytes have it; names of one length keep their order."""
    return name.encode().hex().rjust(32, "0")


def reading(
    path: str | PhotoFile, digest: str, faces: FaceBatch, picture_hash: bytes = b""
) -> Reading:
    """A photo that could be read. digest: a name for `digest_of`."""
    photo = file(path) if isinstance(path, str) else path
    taken = "2019-07-21T18:03:55"
    about = (photo, digest_of(digest), 640, 480)
    return Reading(*about, taken=taken, faces=faces, picture_hash=picture_hash)


def paths(files: list[PhotoFile]) -> list[str]:
    return [f.path for f in files]
