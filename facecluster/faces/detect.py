"""Find the faces of a picture with the shipped YuNet graph.

Wu, Peng, Yu, "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 2023.
The graph decodes its own heads (export/yunet.py); here are the working size and the merging of
overlapping candidates.
"""

from __future__ import annotations

import hashlib
from importlib import resources

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.config import Detail, Device
from facecluster.records import Detections, Floats, Ints, Picture, Pixels
from facecluster.runtime import session

# Long side in px at which the detector looks; its smallest sure faces are about 10 px wide.
WORKING_SIZE: dict[Detail, int] = {"fast": 640, "normal": 1024, "high": 1600}
# The detector loses faces of more than about 500 px. Where it looks at more than FINE px, a second,
# coarse look (a tenth of the work) finds the faces that fill the photo.
FINE = 640
COARSE = 320
LARGE_FACE = 0.4  # of the photo's long side
SCORE_THRESHOLD = 0.7
NMS_IOU = 0.3
STRIDE = 32


def non_maximum_suppression(boxes: Floats, scores: Floats, iou: float = NMS_IOU) -> Ints:
    """Rows to keep, best score first: greedily, nothing that overlaps a kept box by more than iou.

    boxes: float32 [N, 4] x, y, width, height. scores: float32 [N]. Gives int32 [K].
    """
    if not len(scores):
        return np.empty(0, np.int32)
    # Ties go to the box further left, then higher, so that the result has one answer only.
    order = np.lexsort((boxes[:, 1], boxes[:, 0], -scores))
    kept = cv2.dnn.NMSBoxes(boxes[order].tolist(), scores[order].tolist(), 0.0, iou)
    return np.asarray(order[np.asarray(kept, np.int64)], np.int32)


def _pad(pixels: Pixels, width: int, height: int) -> Pixels:
    """The picture at width x height in the top left of a canvas whose sides the strides divide."""
    canvas = np.zeros((-(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, 3), np.uint8)
    if (height, width) == pixels.shape[:2]:
        canvas[:height, :width] = pixels
    else:
        shrink = width < pixels.shape[1]
        mode = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
        canvas[:height, :width] = cv2.resize(pixels, (width, height), interpolation=mode)
    return canvas


def take(faces: Detections, rows: Ints | NDArray[np.bool_]) -> Detections:
    """Some of them. rows: int [K] or bool [N]."""
    return Detections(faces.boxes[rows], faces.landmarks[rows], faces.scores[rows])


def _join(one: Detections, other: Detections) -> Detections:
    return Detections(
        np.concatenate([one.boxes, other.boxes]),
        np.concatenate([one.landmarks, other.landmarks]),
        np.concatenate([one.scores, other.scores]),
    )


class Detector:
    """The shipped detector in an ONNX Runtime session; safe to call from several threads."""

    def __init__(
        self,
        detail: Detail = "normal",
        device: Device = "auto",
        score_threshold: float = SCORE_THRESHOLD,
        threads: int = 1,
    ) -> None:
        model = resources.files("facecluster.models").joinpath("detector.onnx").read_bytes()
        self.model_id = hashlib.sha256(model).hexdigest()[:16]
        self._session = session(model, device, threads)
        self._threshold = np.array([score_threshold], np.float32)
        self.working_size = WORKING_SIZE[detail]

    def detect(self, picture: Picture) -> Detections:
        """The faces of one picture in photo px, best score first."""
        found = self._look(picture, self.working_size)
        if min(self.working_size, max(picture.pixels.shape[:2])) > FINE:
            coarse = self._look(picture, COARSE)
            large = coarse.boxes[:, 3] >= LARGE_FACE * max(picture.width, picture.height)
            found = _join(found, take(coarse, large))
        return take(found, non_maximum_suppression(found.boxes, found.scores))

    def _look(self, picture: Picture, size: int) -> Detections:
        """Unmerged candidates in photo px, seen with a long side of at most `size` px."""
        height, width = picture.pixels.shape[:2]
        shrink = min(1.0, size / max(height, width))
        small = max(1, round(width * shrink)), max(1, round(height * shrink))
        _, found = self.candidates(_pad(picture.pixels, *small)[None])
        scale = np.array([picture.width / small[0], picture.height / small[1]], np.float32)
        return Detections(found.boxes * np.tile(scale, 2), found.landmarks * scale, found.scores)

    def candidates(self, images: Pixels, threshold: float | None = None) -> tuple[Ints, Detections]:
        """All boxes above the threshold, unmerged, and the row of the image that each is in.

        images: uint8 [N, H, W, 3], H and W multiples of 32. threshold: of the score, None for
        the detector's own. Gives int32 [K] and K faces in px of their image.
        """
        least = self._threshold if threshold is None else np.array([threshold], np.float32)
        outputs = self._session.run(None, {"pixels": images, "threshold": least})
        image, boxes, landmarks, scores = outputs
        return image.astype(np.int32), Detections(boxes, landmarks, scores)
