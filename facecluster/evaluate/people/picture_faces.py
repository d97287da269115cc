"""The faces of one picture in reading order, with how far each can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facecluster.embed.spec import ModelSpec
from facecluster.faces.quality import FITTED_TO, quality
from facecluster.reading import Reader, read_picture
from facecluster.records import FaceBatch, Floats, Picture


@dataclass(frozen=True, slots=True)
class Faces:
    """Left to right, then top to bottom; a model of whole pictures sees one face per picture.

    boxes: float32 [N, 4] x, y, width, height in px of the photo. scores: float32 [N] of the
    detector. quality: float32 [N] in 0..1 (faces/quality.py). embeddings: float32 [N, D]
    (distances.py).
    """

    boxes: Floats
    scores: Floats
    quality: Floats
    embeddings: Floats

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def sizes(self) -> Floats:
        """float32 [N], the shorter side of each box in px of the photo."""
        sizes: Floats = self.boxes[:, 2:].min(axis=1)
        return sizes

    def only(self, rows: np.ndarray) -> Faces:
        """Some of them. rows: bool [N] or int [K]."""
        return Faces(self.boxes[rows], self.scores[rows], self.quality[rows], self.embeddings[rows])


def faces_of(batch: FaceBatch, spec: ModelSpec) -> Faces:
    """What a reader gave, in reading order."""
    found = batch.detections
    middle = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    if spec.align == "none":  # nothing that a whole picture could be judged by
        trust = np.ones(len(batch), np.float32)
    else:
        sizes = found.boxes[:, 2:].min(axis=1)
        consistency = batch.consistency if spec.name in FITTED_TO else None
        trust = quality(found.scores, found.landmarks, sizes, batch.clarity, consistency)
    ordered = np.lexsort((middle[:, 1], middle[:, 0]))
    return Faces(found.boxes, found.scores, trust, batch.embeddings).only(ordered)


def look(reader: Reader, path: Path) -> tuple[Picture, Faces]:
    """Read one picture. Raises FaceclusterError that names the file when it cannot be read."""
    spec = reader.embedder.spec
    picture = read_picture(path, spec)
    return picture, faces_of(reader.faces(picture), spec)
