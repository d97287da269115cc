"""Crops of portraits: the face nearest the middle, found, looked at again and turned upright."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from facecluster.faces.align import align
from facecluster.faces.detect import DETECTION, Detector, take
from facecluster.faces.refine import REFINEMENT, refine
from facecluster.faces.whole import whole_picture
from facecluster.records import Detections, Floats, Picture, Pixels

# Of the detector, tried one after the other until there is a face: a portrait does show one, so
# that a faint candidate will do where nothing better is found.
SCORES = (DETECTION.score, 0.3)


class Portraits:
    """Finds and cuts out the middle face of portraits; safe to call from several threads.

    threads: of one call of the detector. scores: as SCORES.
    """

    def __init__(self, threads: int = 1, scores: Sequence[float] = SCORES) -> None:
        self._detectors = [
            Detector(device="cpu", tuning=replace(DETECTION, score=score), threads=threads)
            for score in scores
        ]

    @property
    def id(self) -> str:
        """Changes with the detector, and with how its landmarks are refined."""
        return f"{self._detectors[0].model_id}/{REFINEMENT.id}"

    def landmarks(self, picture: Picture) -> Floats | None:
        """float32 [5, 2] in photo px of the face nearest the middle, None when there is none."""
        for detector in self._detectors:
            found = detector.detect(picture)
            if len(found):
                middle = take(found, np.array([middle_face(found, picture)], np.int32))
                points: Floats = refine(detector, picture, middle).landmarks[0]
                return points
        return None

    def crop(self, picture: Picture, template: Floats, size: int) -> Pixels | None:
        """uint8 [size, size, 3] with the middle face on `template`, None when there is no face.

        template: float32 [5, 2], where the five points belong in the crop, in px.
        """
        points = self.landmarks(picture)
        return None if points is None else cut(picture, points, template, size)


def cut(picture: Picture, landmarks: Floats, template: Floats, size: int) -> Pixels:
    """The face with these landmarks, float32 [5, 2] in photo px, as `Portraits.crop` gives it."""
    decoded = (landmarks / np.asarray(picture.scale)).astype(np.float32)
    crop: Pixels = align(picture.pixels, decoded[None], template, size)[0]
    return crop


def middle_face(found: Detections, picture: Picture) -> int:
    """The face whose centre is nearest the picture's, measured in widths of that face."""
    centres = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    away = np.hypot(*(centres - (picture.width / 2, picture.height / 2)).T)
    return int(np.argmin(away / found.boxes[:, 2]))


def middle_part(pixels: Pixels, size: int) -> Pixels:
    """The middle three fifths of each side, where a portrait has its face, brought to
    uint8 [size, size, 3] whatever their shape."""
    height, width = pixels.shape[:2]
    box = (width * 0.2, height * 0.2, width * 0.8, height * 0.8)
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR, box))


def middle_square(pixels: Pixels, size: int) -> Pixels:
    """The largest square in the middle three fifths, in whole px, as uint8 [size, size, 3]."""
    height, width = pixels.shape[:2]
    y, x = height // 5, width // 5
    return whole_picture(pixels[y : height - y, x : width - x], size)
