"""An album whose people are known, made by hand."""

from __future__ import annotations

import numpy as np

from benchmarks.common.albums import Album
from facecluster.records import FaceTable


def album_of(sizes: dict[str, int], seed: int) -> Album:
    """Photos of 100 x 200 px; face 0 of each is in the middle, a second one sits in the corner of
    every third. The embedding of a face is its person's number and whether it is in the middle."""
    names = np.repeat(list(sizes), list(sizes.values()))
    random = np.random.default_rng(seed)
    digests = np.array([random.bytes(8).hex() for _ in names])
    faces = [(p, o) for p in np.argsort(digests) for o in range(2 if p % 3 == 0 else 1)]
    photo, ordinal = np.array(faces, np.int32).T
    count = len(faces)
    boxes = np.full((count, 4), 20, np.float32)
    boxes[ordinal == 0, :2] = 40, 90
    who = np.unique(names, return_inverse=True)[1]
    table = FaceTable(
        photo=photo,
        ordinal=ordinal,
        boxes=boxes,
        landmarks=np.zeros((count, 5, 2), np.float32),
        scores=np.ones(count, np.float32),
        clarity=np.zeros((count, 3), np.float32),
        consistency=np.ones(count, np.float32),
        embeddings=np.stack([who[photo], ordinal], axis=1).astype(np.float32),
    )
    return Album(names, digests, np.full((len(names), 2), (100, 200), float), table)
