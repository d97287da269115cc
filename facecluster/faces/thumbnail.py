"""A small picture of each face for the report, made while the photo is in memory anyway."""

from __future__ import annotations

import cv2
import numpy as np

from facecluster.faces.scale import reduced
from facecluster.faces.turned import quarters_of, turned
from facecluster.records import Detections, Picture, Pixels

SIDE = 160  # px
MARGIN = 1.5  # side of the square, in longer sides of the face box
JPEG_QUALITY = 85


def _square(picture: Picture, box: np.ndarray) -> Pixels:
    """The square around one box, in decoded pixels; edges are repeated beyond the picture."""
    sx, sy = picture.scale
    x, y, width, height = (float(v) for v in box)
    half = max(width / sx, height / sy) * MARGIN / 2
    middle = (x + width / 2) / sx, (y + height / 2) / sy
    rows, columns = picture.pixels.shape[:2]
    left, right = round(middle[0] - half), round(middle[0] + half) + 1
    top, bottom = round(middle[1] - half), round(middle[1] + half) + 1
    part = picture.pixels[
        max(top, 0) : max(min(bottom, rows), 1), max(left, 0) : max(min(right, columns), 1)
    ]
    if not part.size:
        part = picture.pixels[-1:, -1:]
    outside = max(-top, 0), max(bottom - rows, 0), max(-left, 0), max(right - columns, 0)
    return np.asarray(cv2.copyMakeBorder(part, *outside, cv2.BORDER_REPLICATE), np.uint8)


def thumbnails(picture: Picture, faces: Detections) -> list[bytes]:
    """JPEG files of SIDE x SIDE px, one per face, upright to a quarter turn. faces: in photo px."""
    files = []
    for box, quarters in zip(faces.boxes, quarters_of(faces.landmarks), strict=True):
        part = reduced(_square(picture, box), SIDE, SIDE)
        mode = cv2.INTER_AREA if part.shape[0] > SIDE else cv2.INTER_CUBIC
        small = cv2.resize(part, (SIDE, SIDE), interpolation=mode)
        bgr = cv2.cvtColor(turned(np.asarray(small, np.uint8), quarters), cv2.COLOR_RGB2BGR)
        _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        files.append(data.tobytes())
    return files
