"""Pictures of strangers of every kind, each shown once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.alike.kinds import Label, half_of
from benchmarks.common.albums import Album
from benchmarks.common.reading import Source, lone_photos, stem
from facecluster.evaluate.grouping import middle_faces
from facecluster.photos.picture_hash import picture_hash
from facecluster.photos.read import decode, load
from facecluster.reading import DECODED_SIZE
from facecluster.records import Floats, Picture

# Bits of the picture hash, of 256, in which two files of one picture differ at most. In UTKFace
# 135 pairs do, all but a few far below; between 40 and 50 come the first that are two pictures.
COPY_BITS = 40


@dataclass(frozen=True, slots=True)
class Strangers:
    """paths: of the pictures, [P]. labels: [P], of each. album: their faces, each picture a person
    of its own. main: int64 [P], the row of the middle face of each, -1 where none was found.
    again: how many files were left out because they show a picture that is there already."""

    paths: tuple[Path, ...]
    labels: tuple[Label, ...]
    album: Album
    main: NDArray[np.int64]
    again: int

    @property
    def kinds(self) -> NDArray[np.str_]:
        return np.array([label.kind for label in self.labels], str)

    @property
    def found(self) -> NDArray[np.int64]:
        """Rows of the pictures on which a face was found."""
        return np.nonzero(self.main >= 0)[0]

    @property
    def embeddings(self) -> Floats:
        """float32 [len(found), D]."""
        rows: Floats = self.album.faces.embeddings[self.main[self.found]]
        return rows

    def picture(self, row: int) -> Picture:
        return decoded(self.paths[row])


def decoded(path: Path) -> Picture:
    return decode(load(path), DECODED_SIZE)


def strangers(source: Source, root: Path, half: str) -> Strangers:
    """The pictures in `root`; half: one of HALVES, or `both`.

    Raises FaceclusterError for a file whose name says nothing of the face.
    """
    album, files = source.strangers(root), lone_photos(root)
    rows = [n for n, file in enumerate(files) if half in ("both", half_of(stem(file)))]
    paths = [root / files[row].path for row in rows]
    first = first_of_each([decoded(path) for path in paths])
    kept = np.array(rows, np.int64)[first]
    some = album.take(kept)
    return Strangers(
        paths=tuple(paths[n] for n in first),
        labels=tuple(Label.of(stem(files[row])) for row in kept),
        album=some,
        main=middle_faces(some.faces.photo, some.faces.boxes, some.extents),
        again=len(rows) - len(first),
    )


def first_of_each(pictures: Sequence[Picture], bits: int = COPY_BITS) -> NDArray[np.int64]:
    """Rows of the pictures of which no earlier one is a copy, in ascending order."""
    with ThreadPoolExecutor() as pool:
        codes = list(pool.map(lambda picture: picture_hash(picture.pixels), pictures))
    signs = np.unpackbits(np.array([list(code) for code in codes], np.uint8), axis=1) * 2.0 - 1
    apart = (signs.shape[1] - signs.astype(np.float32) @ signs.T.astype(np.float32)) / 2
    kept = np.ones(len(codes), bool)
    for row in range(1, len(codes)):
        kept[row] = not (kept[:row] & (apart[row, :row] <= bits)).any()
    return np.nonzero(kept)[0]
