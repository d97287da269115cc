"""Names that other programs wrote into photos and beside them, as hints for the grouping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from facecluster.identity import face_boxes
from facecluster.library.people.records import Hint
from facecluster.records import FaceTable, PhotoRow

FROM_FILES = 2  # trust: more than a folder of known people, less than what was said by hand


@dataclass(frozen=True, slots=True)
class FileNames:
    """Reads the names of the photos in `root` that have faces."""

    root: Path

    def __call__(self, photos: Sequence[PhotoRow], faces: FaceTable) -> Sequence[Hint]:
        """A hint for each face that a file names."""
        from facecluster.metadata.matching import named_faces
        from facecluster.metadata.read import read_told

        boxes, hints = face_boxes(photos, faces), []
        order = np.argsort(faces.photo, kind="stable")
        rows, first = np.unique(faces.photo[order], return_index=True)
        ends = (*first.tolist(), len(order))
        for row, (start, stop) in zip(rows.tolist(), pairwise(ends), strict=True):
            photo, mine = photos[row], order[start:stop]
            told = read_told(self.root, photo.path, stored_size(photo), photo.orientation)
            for face, name in named_faces(told, boxes[mine]).items():
                hints.append(Hint(int(mine[face]), name, FROM_FILES))
        return hints


def stored_size(photo: PhotoRow) -> tuple[int, int]:
    """Width and height in px of the picture as it is stored."""
    turned = photo.orientation >= 5
    return (photo.height, photo.width) if turned else (photo.width, photo.height)
