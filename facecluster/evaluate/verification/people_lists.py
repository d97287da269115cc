"""Labeled Faces in the Wild: its lists, and one aligned crop a picture.

Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", UMass Amherst TR 07-49, 2007.
Lists and folders in this layout (NAME/NAME_0001.jpg) serve other sets as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError, PhotoError
from facecluster.evaluate.verification.pair_lists import picture_name
from facecluster.faces.align import align
from facecluster.faces.detect import Detector, take
from facecluster.faces.refine import refine
from facecluster.photos.read import decode, load
from facecluster.reading import decoded_size
from facecluster.records import Detections, Floats, Picture, Pixels

FAINT_SCORE = 0.3  # where nothing better is found: a portrait does show a face


def read_people(path: Path) -> list[str]:
    """Picture names of everybody in a peopleDev*.txt list: `NAME count` a line, sizes apart."""
    people = [fields for fields in _lines(path) if len(fields) == 2]
    return [picture_name(name, i + 1) for name, count in people for i in range(int(count))]


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error.strerror or error})") from error
    return [line.split() for line in text.splitlines() if line.strip()]


class PortraitReader:
    """Crops of the middle face of portraits, as an embedder wants them."""

    def __init__(self, threads: int = 1) -> None:
        self._detectors = [
            Detector(threads=threads, device="cpu"),
            Detector(threads=threads, device="cpu", score_threshold=FAINT_SCORE),
        ]

    def landmarks(self, picture: Picture) -> Floats | None:
        """float32 [5, 2] in photo px of the face nearest the middle, None when there is none."""
        for detector in self._detectors:
            found = detector.detect(picture)
            if len(found):
                middle = take(found, np.array([middle_face(found, picture)], np.int32))
                points: Floats = refine(detector, picture, middle).landmarks[0]
                return points
        return None

    def crops(
        self, folder: Path, names: Sequence[str], spec: ModelSpec
    ) -> Iterator[tuple[Pixels, bool]]:
        """One uint8 [S, S, 3] crop a picture, and whether a face was found.

        Without a face the middle three fifths of the picture stand in for it.
        """
        for name in names:
            yield self.crop(read_picture(folder / name, spec), spec)

    def crop(self, picture: Picture, spec: ModelSpec) -> tuple[Pixels, bool]:
        """The crop of one picture, as `crops` gives it."""
        points = self.landmarks(picture)
        if points is None:
            return _middle_part(picture.pixels, spec.crop_size), False
        template = np.array(spec.template, np.float32)
        scaled = (points / np.asarray(picture.scale)).astype(np.float32)
        return align(picture.pixels, scaled[None], template, spec.crop_size)[0], True


def middle_face(found: Detections, picture: Picture) -> int:
    """The face whose centre is nearest the picture's, measured in widths of that face."""
    centres = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    away = np.hypot(*(centres - (picture.width / 2, picture.height / 2)).T)
    return int(np.argmin(away / found.boxes[:, 2]))


def read_picture(path: Path, spec: ModelSpec) -> Picture:
    """The upright picture, as large as the model's crops need it.

    Raises FaceclusterError that names the file when it cannot be read.
    """
    try:
        return decode(load(path), decoded_size(spec))
    except PhotoError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error})") from error


def _middle_part(pixels: Pixels, size: int) -> Pixels:
    height, width = pixels.shape[:2]
    box = (width * 0.2, height * 0.2, width * 0.8, height * 0.8)
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR, box))
