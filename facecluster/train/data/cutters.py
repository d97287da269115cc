"""From a photo's bytes to a crop of one size: the face turned upright, or the whole picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.faces.align import FACE_TEMPLATE
from facecluster.faces.detect import Detector
from facecluster.faces.portraits import Portraits, middle_square
from facecluster.faces.whole import whole_picture
from facecluster.photos.read import decode
from facecluster.records import Picture, Pixels

# Long side in px at which photos are decoded at least: as much as the detector looks at.
DECODED_SIZE = 1024
SMALLEST_FACE_PICTURE = 64  # px of the shorter side; below 48 nothing is worth aligning
NO_FACE = "no face found"


class Cutter(Protocol):
    """Makes one crop per photo; safe to call from several threads. id: decides what it makes."""

    id: str

    def __call__(self, data: bytes) -> Pixels:
        """uint8 [S, S, C] of a file's bytes. Raises PhotoError for what cannot be used."""
        ...


class WholePicture:
    """The middle square of the picture, scaled."""

    def __init__(self, size: int, channels: int) -> None:
        self.id = "whole"
        self._size, self._channels = size, channels

    def __call__(self, data: bytes) -> Pixels:
        # Four times the side, so that even a strip of 4:1 is not enlarged after it was reduced.
        picture = decode(data, 4 * self._size)
        return coloured(whole_picture(picture.pixels, self._size), self._channels)


class AlignedFace:
    """The face nearest the middle, brought onto FACE_TEMPLATE.

    stand_in: what to do without a face: take the middle of the picture, or refuse it.
    """

    def __init__(self, size: int, channels: int, stand_in: bool = False) -> None:
        self._portraits = Portraits()
        self._template = np.asarray(FACE_TEMPLATE, np.float32) * size
        self._size, self._channels, self._stand_in = size, channels, stand_in
        self.id = f"faces/{self._portraits.id}/{FACE_TEMPLATE}/{stand_in}"

    def __call__(self, data: bytes) -> Pixels:
        picture = decode(data, DECODED_SIZE)
        crop = self._portraits.crop(picture, self._template, self._size)
        if crop is None:
            if not self._stand_in:
                raise PhotoError(NO_FACE)
            crop = middle_square(picture.pixels, self._size)
        return coloured(crop, self._channels)


def cutter(aligned: bool, size: int, channels: int, stand_in: bool = False) -> Cutter:
    """The one that a set wants."""
    return AlignedFace(size, channels, stand_in) if aligned else WholePicture(size, channels)


def coloured(pixels: Pixels, channels: int) -> Pixels:
    """uint8 [S, S, 3], or [S, S, 1] with the luma of ITU-R BT.601."""
    if channels == 3:
        return pixels
    return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]


def show_faces(pictures: Sequence[Picture]) -> bool:
    """Whether most of these pictures show a face; small ones never do."""
    large = [p for p in pictures if min(p.width, p.height) >= SMALLEST_FACE_PICTURE]
    if len(large) * 2 <= len(pictures):
        return False
    detector = Detector(device="cpu")
    return sum(len(detector.detect(picture)) > 0 for picture in large) * 2 > len(pictures)
