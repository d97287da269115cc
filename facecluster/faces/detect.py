"""Find the faces of a picture with the shipped YuNet graph.

Wu, Peng, Yu, "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 2023.
The graph decodes its own heads (export/yunet.py); here are the working size and the merging of
overlapping candidates.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from importlib import resources
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.combining import Combiner
from facecluster.config import Detail, Device
from facecluster.faces.scale import smaller
from facecluster.records import Detections, Floats, Ints, Picture, Pixels
from facecluster.runtime import CPU, Later, providers, session

STRIDE = 32  # px, the coarsest stride of the graph: it divides the sides of what the graph sees
TOGETHER = 64  # images of one call on an accelerator


@dataclass(frozen=True, slots=True)
class Looks:
    """How closely a photo is looked at: long sides in px that it is brought to.

    first: of the look at the whole photo. fine: of the closer one at the parts that need it.
    """

    first: int
    fine: int


# docs/decisions/003-detection.md. The smallest sure faces are about 10 px wide in a look.
LOOKS: dict[Detail, Looks] = {
    "fast": Looks(640, 640),
    "normal": Looks(640, 1600),
    "high": Looks(1600, 1600),
}


@dataclass(frozen=True, slots=True)
class DetectorTuning:
    """What makes a face of a candidate, and what makes a part of the photo worth a closer look.

    The values are from docs/decisions/003-detection.md, but for `iou`, which is that of YuNet's
    authors, and `room` and `edge`, which were not varied.

    score: of the detector, from which on a candidate is a face. iou: intersection over union of
    two boxes, beyond which they are the same face.
    cue, small_face: a candidate below `score` but above `cue`, or a face narrower than
    `small_face` of the photo's long side, is worth a closer look. room: what is seen there on each
    side of the candidate, in its own sides. edge: decoded px; a box that comes nearer to the edge
    of what was seen is cut off by it.
    middle: long side in px of the second look at a photo that shows nothing at all in the first.
    finest, coarse, large_face: the detector loses faces of more than about 500 px. Where the first
    look is finer than `finest` px or found nothing, one of `coarse` px finds the faces that are
    higher than `large_face` of the photo's long side.
    """

    score: float = 0.7
    iou: float = 0.3
    cue: float = 0.2
    small_face: float = 0.04
    room: float = 1.5
    edge: float = 2
    middle: int = 1024
    finest: int = 640
    coarse: int = 320
    large_face: float = 0.4


DETECTION = DetectorTuning()

Area = tuple[int, int, int, int]  # left, top, right, bottom in decoded px


def non_maximum_suppression(boxes: Floats, scores: Floats, iou: float = DETECTION.iou) -> Ints:
    """Rows to keep, best score first: greedily, nothing that overlaps a kept box by more than iou.

    boxes: float32 [N, 4] x, y, width, height. scores: float32 [N]. Gives int32 [K].
    """
    if not len(scores):
        return np.empty(0, np.int32)
    # Ties go to the box further left, then higher, so that the result has one answer only.
    order = np.lexsort((boxes[:, 1], boxes[:, 0], -scores))
    kept = cv2.dnn.NMSBoxes(boxes[order].tolist(), scores[order].tolist(), 0.0, iou)
    return np.asarray(order[np.asarray(kept, np.int64)], np.int32)


def _canvas(pixels: Pixels, width: int, height: int) -> Pixels:
    """The picture at width x height in the top left of a canvas whose sides the strides divide."""
    canvas = np.zeros((-(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, 3), np.uint8)
    canvas[:height, :width] = smaller(pixels, width, height)
    return canvas


def take(faces: Detections, rows: Ints | NDArray[np.bool_]) -> Detections:
    """Some of them. rows: int [K] or bool [N]."""
    return Detections(faces.boxes[rows], faces.landmarks[rows], faces.scores[rows])


def shifted(faces: Detections, right: float, down: float) -> Detections:
    """The faces moved by so many px."""
    by = np.array([right, down], np.float32)
    boxes = faces.boxes + np.append(by, (0, 0)).astype(np.float32)
    return Detections(boxes, faces.landmarks + by, faces.scores)


def joined(*parts: Detections) -> Detections:
    """The faces of several looks, one after the other."""
    names = ("boxes", "landmarks", "scores")
    return Detections(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def merged(*parts: Detections, iou: float = DETECTION.iou) -> Detections:
    """The faces of several looks, each once, best score first. iou: as above."""
    every = joined(*parts)
    return take(every, non_maximum_suppression(every.boxes, every.scores, iou))


class Detector:
    """The shipped detector in an ONNX Runtime session; safe to call from several threads.

    threads: of one call. looks: in place of those of `detail`.
    """

    def __init__(
        self,
        detail: Detail = "normal",
        device: Device = "auto",
        tuning: DetectorTuning = DETECTION,
        threads: int = 1,
        looks: Looks | None = None,
    ) -> None:
        model = resources.files("facecluster.models").joinpath("detector.onnx").read_bytes()
        self.model_id = hashlib.sha256(model).hexdigest()[:16]
        self.session = Later(partial(session, model, device, threads, shipped=True))
        on_cpu = providers(device) == [CPU] or self.session().get_providers()[0] == CPU
        self._combiner = None if on_cpu else Combiner(self._together, TOGETHER)
        self.tuning = tuning
        self.looks = looks or LOOKS[detail]

    @property
    def id(self) -> str:
        """Names everything that decides which faces are found."""
        name = f"{self.model_id}@{self.looks.first}+{self.looks.fine}"
        return name if self.tuning == DETECTION else f"{name}@{self.tuning}"

    def detect(self, picture: Picture) -> Detections:
        """The faces of one picture in photo px, best score first.

        One cheap look at the whole, and a closer one only around what may be a face but is not
        sure, or is small; most photos are done after the first.
        """
        found, scale = self.find(picture.pixels), np.asarray(picture.scale, np.float32)
        return Detections(found.boxes * np.tile(scale, 2), found.landmarks * scale, found.scores)

    def find(self, pixels: Pixels) -> Detections:
        """The same in px of what was decoded: uint8 [h, w, 3]."""
        tuning, first = self.tuning, self.looks.first
        side = max(pixels.shape[:2])
        seen = self.look(pixels, first / side, min(tuning.cue, tuning.score))
        sure = take(seen, seen.scores >= tuning.score)
        parts = [sure]
        if side > tuning.finest and (first > tuning.finest or not len(sure)):
            coarse = self.look(pixels, tuning.coarse / side, tuning.score)
            parts.append(take(coarse, coarse.boxes[:, 3] >= tuning.large_face * side))
        if side > first and self.looks.fine > first:
            parts += self._closer(pixels, merged(seen, iou=tuning.iou))
        return merged(*parts, iou=tuning.iou)

    def _closer(self, pixels: Pixels, seen: Detections) -> list[Detections]:
        """What the second look finds, in decoded px; no part where none is needed."""
        side, tuning, fine = max(pixels.shape[:2]), self.tuning, self.looks.fine
        doubtful = (seen.scores < tuning.score) | (seen.boxes[:, 2] < tuning.small_face * side)
        if doubtful.any():
            area = around(seen.boxes[doubtful], pixels.shape[:2], fine, tuning.room)
            return [self.look(pixels, fine / side, tuning.score, area)]
        return [] if len(seen) else [self.look(pixels, tuning.middle / side, tuning.score)]

    def look(
        self, pixels: Pixels, scale: float, threshold: float, area: Area | None = None
    ) -> Detections:
        """Unmerged candidates in decoded px. scale: px of the look for one of `pixels`, of which
        only `area` is seen; a face that the area's edge cuts off is left out."""
        left, top, right, bottom = area or (0, 0, pixels.shape[1], pixels.shape[0])
        width, height = right - left, bottom - top
        small = (max(1, round(side * min(1.0, scale))) for side in (width, height))
        columns, rows = small
        part = _canvas(pixels[top:bottom, left:right], columns, rows)
        _, found = self.candidates(part[None], threshold)
        step = np.array([width / columns, height / rows], np.float32)
        start = np.array([left, top], np.float32)
        boxes = found.boxes * np.tile(step, 2) + np.append(start, (0, 0)).astype(np.float32)
        whole = Detections(boxes, found.landmarks * step + start, found.scores)
        if area is None:
            return whole
        return take(whole, _uncut(boxes, area, pixels.shape[:2], self.tuning.edge))

    def candidates(self, images: Pixels, threshold: float) -> tuple[Ints, Detections]:
        """All boxes above the threshold, unmerged, and the row of the image that each is in.

        images: uint8 [N, H, W, 3], H and W multiples of 32. threshold: of the score. Gives
        int32 [K] and K faces in px of their image.
        """
        if self._combiner is None:
            return self._run(images, threshold)
        return self._combiner.ask(images, (images.shape[1:], threshold))

    def _run(self, images: Pixels, threshold: float) -> tuple[Ints, Detections]:
        least = np.array([threshold], np.float32)
        outputs = self.session().run(None, {"pixels": images, "threshold": least})
        image, boxes, landmarks, scores = outputs
        return image.astype(np.int32), Detections(boxes, landmarks, scores)

    def _together(
        self, images: list[Pixels], kind: tuple[object, float]
    ) -> list[tuple[Ints, Detections]]:
        """The images of several photos in one call."""
        image, found = self._run(np.concatenate(images), kind[1])
        starts = np.cumsum([0, *(len(part) for part in images)])
        mine = [(image >= a) & (image < b) for a, b in pairwise(starts)]
        return [
            (image[rows] - np.int32(start), take(found, rows))
            for rows, start in zip(mine, starts, strict=False)
        ]


def around(boxes: Floats, shape: tuple[int, int], fine: int, room: float = DETECTION.room) -> Area:
    """The area of the picture that holds the boxes with room about them.

    boxes: float32 [N, 4] in decoded px, N > 0. shape: rows and columns of the picture. fine: long
    side in px of the look that the area is for. room: sides of a box on each side of it.
    """
    rows, columns = shape
    free = room * boxes[:, 2:].max(axis=1) + STRIDE / 2 * max(shape) / fine
    low = (boxes[:, :2] - free[:, None]).min(axis=0)
    high = (boxes[:, :2] + boxes[:, 2:] + free[:, None]).max(axis=0)
    left, top = (int(np.clip(x, 0, end - 1)) for x, end in zip(low, (columns, rows), strict=True))
    right, bottom = (
        int(np.clip(np.ceil(x), start + 1, end))
        for x, start, end in zip(high, (left, top), (columns, rows), strict=True)
    )
    return left, top, right, bottom


def _uncut(boxes: Floats, area: Area, shape: tuple[int, ...], edge: float) -> NDArray[np.bool_]:
    """Which boxes stay clear of the area's edges, but for those that are the picture's own."""
    left, top, right, bottom = area
    rows, columns = shape
    clear = (boxes[:, 0] > left + edge) | (left == 0)
    clear &= (boxes[:, 1] > top + edge) | (top == 0)
    clear &= (boxes[:, 0] + boxes[:, 2] < right - edge) | (right == columns)
    clear &= (boxes[:, 1] + boxes[:, 3] < bottom - edge) | (bottom == rows)
    return clear
