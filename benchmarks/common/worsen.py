"""Pictures made worse on purpose, so that one knows whose face the bad picture shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from facecluster.records import Floats, Picture, Pixels

# Raise it when a kind begins to give other pixels.
VERSION = 1
WIDTHS = (16, 20, 24, 32, 48)  # px of the face after shrinking
BLURS = (0.02, 0.04, 0.06, 0.09)  # standard deviation of a Gaussian blur, in face widths
LIGHTS = (0.25, 0.1, 0.05)  # share of the light that is left, with sensor noise of 2 grey levels
CUTS = (0.15, 0.3, 0.45)  # share of the face box that the edge of the photo cuts off
MOTIONS = (0.1, 0.2, 0.3)  # length of the way that the camera moved, in face widths
SMALL = (24, 32, 48)  # px of a face that stays small
BARS = (0.5, 0.8)  # height of a dark bar over the eyes, in eye distances
BAR_WIDTH, BAR_GREY = 2.0, 20
JPEGS = (20, 10)  # quality


@dataclass(frozen=True, slots=True)
class Face:
    """Where the face is. box: float32 [4], x, y, width, height; landmarks: float32 [5, 2]; px."""

    box: Floats
    landmarks: Floats

    @property
    def width(self) -> float:
        """The shorter side of the box, in px."""
        return float(self.box[2:].min())


Worsen = Callable[[Picture, Face, float, np.random.Generator], Picture]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to make a picture worse, at one strength; `unit` says what the strength counts."""

    family: str
    strength: float
    unit: str
    worsen: Worsen

    @property
    def name(self) -> str:
        return f"{self.family}, {self.strength:g} {self.unit}".strip()

    def apply(self, picture: Picture, face: Face, seed: int) -> Picture:
        """The worse picture, the same for the same seed. The face is in px of `picture.pixels`,
        and the new picture's size is that of its pixels."""
        height, width = picture.pixels.shape[:2]
        whole = Picture(picture.pixels, width, height)
        return self.worsen(whole, face, self.strength, np.random.default_rng(seed))


def shrunk(picture: Picture, factor: float) -> Picture:
    """The picture at `factor` of its size."""
    height, width = picture.pixels.shape[:2]
    size = max(32, round(width * factor)), max(32, round(height * factor))
    pixels = np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Picture(pixels, *size)


def cut(picture: Picture, box: Floats, share: float, side: int) -> Picture:
    """The picture without what lies beyond a line through the face. side: 0 to 3."""
    x, y, width, height = (float(value) for value in box)
    rows, columns = slice(None), slice(None)
    if side % 2:
        line = round(y + height * (1 - share)) if side == 1 else round(y + height * share)
        rows = slice(max(line, 0), None) if side == 3 else slice(0, max(line, 1))
    else:
        line = round(x + width * share) if side == 0 else round(x + width * (1 - share))
        columns = slice(max(line, 0), None) if side == 0 else slice(0, max(line, 1))
    pixels = np.ascontiguousarray(picture.pixels[rows, columns])
    return Picture(pixels, pixels.shape[1], pixels.shape[0])


def blurred(picture: Picture, sigma: float) -> Picture:
    """The picture after a Gaussian blur of that standard deviation in px."""
    soft = cv2.GaussianBlur(picture.pixels, (0, 0), sigma)
    return Picture(np.asarray(soft, np.uint8), picture.width, picture.height)


def dimmed(picture: Picture, light: float, noise: np.random.Generator) -> Picture:
    """The picture with a share `light` of its light, and sensor noise of 2 grey levels."""
    dim = picture.pixels * light + noise.normal(0, 2, picture.pixels.shape)
    return Picture(np.clip(dim, 0, 255).astype(np.uint8), picture.width, picture.height)


def _with(pixels: object) -> Picture:
    made = np.ascontiguousarray(pixels, np.uint8)
    return Picture(made, made.shape[1], made.shape[0])


def out_of_focus(picture: Picture, face: Face, share: float, _: np.random.Generator) -> Picture:
    return blurred(picture, share * face.width)


def moved(picture: Picture, face: Face, share: float, random: np.random.Generator) -> Picture:
    """The picture as a camera sees it that moves along a straight line, any way."""
    kernel = line_kernel(share * face.width, random.uniform(0, np.pi))
    return _with(cv2.filter2D(picture.pixels, -1, kernel))


def line_kernel(length: float, angle: float) -> Floats:
    """The mean along a line of `length` px through the middle: float32 [K, K], odd, sum 1."""
    half = int(np.ceil(length / 2))
    steps = np.linspace(-length / 2, length / 2, 16 * half + 1)
    rows = np.rint(half + steps * np.sin(angle)).astype(int)
    columns = np.rint(half + steps * np.cos(angle)).astype(int)
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    np.add.at(kernel, (rows, columns), 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def small(picture: Picture, face: Face, width: float, _: np.random.Generator) -> Picture:
    """The face `width` px wide; a smaller one stays as it is."""
    return shrunk(picture, min(1.0, width / face.width))


def coarse(picture: Picture, face: Face, width: float, random: np.random.Generator) -> Picture:
    """As `small`, then enlarged to its old size again."""
    low = small(picture, face, width, random).pixels
    size = picture.width, picture.height
    return _with(cv2.resize(low, size, interpolation=cv2.INTER_LINEAR))


def dark(picture: Picture, face: Face, light: float, random: np.random.Generator) -> Picture:
    return dimmed(picture, light, random)


def sunglasses(picture: Picture, face: Face, height: float, _: np.random.Generator) -> Picture:
    """A dark bar over both eyes, as upright as they are."""
    right, left = face.landmarks[:2].astype(np.float64)
    along = (left - right) * BAR_WIDTH / 2
    up = np.array([right[1] - left[1], left[0] - right[0]]) * height / 2
    middle = (right + left) / 2
    corners = [middle + a * along + b * up for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    pixels: Pixels = picture.pixels.copy()
    cv2.fillConvexPoly(pixels, np.rint(corners).astype(np.int32), (BAR_GREY,) * 3)
    return _with(pixels)


def at_the_edge(picture: Picture, face: Face, share: float, random: np.random.Generator) -> Picture:
    return cut(picture, face.box, share, int(random.integers(4)))


def compressed(picture: Picture, face: Face, quality: float, _: np.random.Generator) -> Picture:
    options = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    data = cv2.imencode(".jpg", picture.pixels[..., ::-1], options)[1]
    return _with(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])


_FAMILIES: tuple[tuple[str, tuple[float, ...], str, Worsen], ...] = (
    ("out of focus", BLURS, "face widths", out_of_focus),
    ("moved", MOTIONS, "face widths", moved),
    ("coarse", WIDTHS[::-1], "px", coarse),
    ("small", SMALL[::-1], "px", small),
    ("dark", LIGHTS, "of the light", dark),
    ("sunglasses", BARS, "eye distances", sunglasses),
    ("cut by the edge", CUTS, "of the face", at_the_edge),
    ("JPEG quality", JPEGS, "", compressed),
)
# The mildest of each family first.
KINDS = tuple(
    Kind(family, strength, unit, worsen)
    for family, strengths, unit, worsen in _FAMILIES
    for strength in strengths
)
