"""Faces of altered pictures, and what the network's inner layers say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from benchmarks.common.altered.kinds import AS_IT_IS, altered
from facecluster.base.machine import cores
from facecluster.embed.embedder import Embedder
from facecluster.embed.familiarity import with_means
from facecluster.embed.onnx_graph import content_of
from facecluster.embed.shipped import shipped_model
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.align import align, inside
from facecluster.faces.detect import Detector, take
from facecluster.faces.find import Finder
from facecluster.faces.quality import clarity
from facecluster.faces.refine import refine
from facecluster.photos.read import decode, load
from facecluster.records import Floats, Picture, Pixels
from facecluster.runtime import session

MEANS = "odd_means"
SIDE = 1600  # px at which pictures are decoded at least, as group does it


@dataclass(frozen=True, slots=True)
class Face:
    """The middle face of a picture. means: float32 [P] of the inner layers; others as in
    records.FaceTable, consistency the plain cosine of both views."""

    embedding: Floats
    means: Floats
    consistency: float
    score: float
    box: Floats
    landmarks: Floats
    clarity: Floats


class Faces:
    """Faces in columns, a row each.

    picture: int64 [N], rows of the list that was read. person, kind: str [N].
    """

    def __init__(self, rows: Sequence[tuple[int, str, str, Face]]) -> None:
        self.picture = np.array([row[0] for row in rows], np.int64)
        self.person: NDArray[np.str_] = np.array([row[1] for row in rows])
        self.kind: NDArray[np.str_] = np.array([row[2] for row in rows])
        faces = [row[3] for row in rows]
        self.embeddings = np.stack([face.embedding for face in faces])
        self.means = np.stack([face.means for face in faces])
        self.consistency = np.array([face.consistency for face in faces], np.float32)
        self.scores = np.array([face.score for face in faces], np.float32)
        self.boxes = np.stack([face.box for face in faces])
        self.landmarks = np.stack([face.landmarks for face in faces])
        self.clarity = np.stack([face.clarity for face in faces])

    def __len__(self) -> int:
        return len(self.picture)


class OddReader:
    """Reads pictures as `group` does, with the activations that familiarity is told by. Safe to
    call from several threads."""

    def __init__(self) -> None:
        self.detector = Detector()
        self.finder = Finder(self.detector)
        self.spec = Embedder(None, "cpu").spec
        self.template = np.asarray(self.spec.template, np.float32)
        made = with_means(onnx.load(shipped_model("cpu")), MEANS)
        self.session = session(content_of(made), "cpu")

    def face(self, pixels: Pixels) -> Face | None:
        """The face nearest to the middle; None where none is found."""
        height, width = pixels.shape[:2]
        picture = Picture(pixels, width, height)
        found = self.finder.detect(picture)
        if not len(found):
            return None
        photo, extents = np.zeros(len(found), np.int32), np.array([[width, height]], np.float64)
        middle = middle_faces(photo, found.boxes, extents)
        one = refine(self.detector, picture, take(found, middle.astype(np.int32)))
        size = self.spec.crop_size
        crop = align(pixels, one.landmarks, self.template, size)
        clear = clarity(crop, inside(width, height, one.landmarks, self.template, size))
        names = ["embedding", "consistency", MEANS]
        embedding, consistency, means = self.session.run(names, {"crops": crop})
        return Face(
            embedding[0],
            means[0],
            float(consistency[0]),
            float(one.scores[0]),
            one.boxes[0],
            one.landmarks[0],
            clear[0],
        )

    def kinds(self, path: Path, kinds: Sequence[str]) -> Iterator[tuple[str, Face]]:
        """The face of a picture after each alteration after which it is still found."""
        pixels = decode(load(path), SIDE).pixels
        plain = self.face(pixels)
        if plain is None:
            return
        for kind in kinds:
            changed = altered(kind, pixels, plain.landmarks, path.name)
            face = plain if kind == AS_IT_IS else self.face(changed)
            if face is not None:
                yield kind, face

    def read(self, pictures: Sequence[tuple[str, Path]], kinds: Sequence[str]) -> Faces:
        """Every picture, given with the name of its person, after every alteration."""
        cv2.setNumThreads(1)

        def one(path: Path) -> list[tuple[str, Face]]:
            return list(self.kinds(path, kinds))

        with ThreadPoolExecutor(cores()) as threads:
            found = list(threads.map(one, [path for _, path in pictures]))
        names = [name for name, _ in pictures]
        return Faces(
            [
                (row, names[row], kind, face)
                for row, faces in enumerate(found)
                for kind, face in faces
            ]
        )


def remaining(faces: Faces, share: float = 0.04, least: int = 40) -> NDArray[np.float64]:
    """By how much nearer strangers come who were altered alike: the mean distance to the nearest
    `share` of them, by that of the same faces as they are. float64 [N], nan where it is not known
    or where a kind has fewer than `least` faces."""
    crowding = np.full(len(faces), np.nan)
    for kind in np.unique(faces.kind):
        rows = np.nonzero(faces.kind == kind)[0]
        if len(rows) >= least:
            crowding[rows] = _nearest(faces.embeddings[rows], faces.person[rows], share)
    plain: Mapping[int, float] = {
        int(picture): float(value)
        for picture, kind, value in zip(faces.picture, faces.kind, crowding, strict=True)
        if kind == AS_IT_IS
    }
    own = np.array([plain.get(int(picture), np.nan) for picture in faces.picture])
    return np.asarray(crowding / own, np.float64)


def _nearest(rows: Floats, people: NDArray[np.str_], share: float) -> NDArray[np.float64]:
    distances = 1 - rows.astype(np.float64) @ rows.astype(np.float64).T
    distances[people[:, None] == people[None, :]] = np.inf
    count = max(2, int(share * len(rows)))
    nearest = np.sort(distances, axis=1)[:, :count]
    return np.asarray(np.mean(np.where(np.isfinite(nearest), nearest, 2.0), axis=1))
