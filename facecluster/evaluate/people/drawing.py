"""A comparison as a picture: both photos side by side, and lines between the faces that match."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from facecluster.errors import SettingsError
from facecluster.evaluate.people.compare import Comparison
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.records import Picture

HEIGHT, MOST_WIDTH = 640, 1600  # px of each photo
MOST_ZOOM = 16.0  # a picture of 8 px stays a small one
COARSE_ZOOM = 3.0  # from here on pixels are shown as squares
MARGIN, GAP, FOOT = 16, 88, 48
LEAST_WIDTH = 480  # px of the sheet: room for the words at its foot
LABEL_STEP = 34  # px between distances
PAPER, BOX = (250, 250, 248), (70, 105, 150)
SAME, DIFFERENT = (20, 140, 70), (200, 50, 40)
LETTERS = 22  # px
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}

Colour = tuple[int, int, int]
Point = tuple[float, float]


def picture_format(suffix: str) -> str:
    """Pillow's name of the format. Raises SettingsError for an ending that we do not write."""
    if suffix.lower() not in FORMATS:
        raise SettingsError(
            "picture",
            f"a name that ends in {suffix or 'nothing'} cannot be written; "
            f"end it in {', '.join(FORMATS)}",
        )
    return FORMATS[suffix.lower()]


def draw(
    pictures: tuple[Picture, Picture], faces: tuple[Faces, Faces], found: Comparison, form: str
) -> bytes:
    """The bytes of the file. form: as picture_format gives it.

    Green lines join the faces that match; when none do, a red one the nearest pair.
    """
    left = _Side(pictures[0], faces[0], MARGIN)
    right = _Side(pictures[1], faces[1], MARGIN + left.size[0] + GAP)
    width = max(right.left + right.size[0] + MARGIN, LEAST_WIDTH)
    height = MARGIN + max(left.size[1], right.size[1]) + FOOT
    sheet = Image.new("RGB", (width, height), PAPER)
    pen = _Pen(ImageDraw.Draw(sheet), ImageFont.load_default(LETTERS))
    for side in (left, right):
        side.paint(sheet, pen)
    matches = found.matches or (found.nearest,)
    colour = SAME if found.matches else DIFFERENT
    for one, other in matches:
        pen.line(*_ends(left, one, right, other), colour)
        for side, face in ((left, one), (right, other)):
            pen.box(side.box(face), colour)
    for place, distance in _labels(left, right, matches, found):  # above all lines
        pen.label(place, f"{distance:.3f}", colour)
    said = "same" if found.same else "different"
    words = f"{said}: distance {found.distance:.3f}, threshold {found.threshold:.3f}"
    pen.text((MARGIN, height - FOOT + 10), words, colour)
    file = io.BytesIO()
    sheet.save(file, form)
    return file.getvalue()


def _ends(left: _Side, one: int, right: _Side, other: int) -> tuple[Point, Point]:
    """From the box on the left to the box on the right, across no face of the two."""
    start, end = left.box(one), right.box(other)
    return (start[2], (start[1] + start[3]) / 2), (end[0], (end[1] + end[3]) / 2)


def _labels(
    left: _Side, right: _Side, matches: Sequence[tuple[int, int]], found: Comparison
) -> list[tuple[Point, float]]:
    """Where the lines cross the gap between the photos, far enough apart to be read."""
    middle = right.left - GAP / 2
    wanted = []
    for one, other in matches:
        (x, y), (to_x, to_y) = _ends(left, one, right, other)
        wanted.append((y + (to_y - y) * (middle - x) / (to_x - x), one, other))
    placed: list[tuple[Point, float]] = []
    for y, one, other in sorted(wanted):
        least = placed[-1][0][1] + LABEL_STEP if placed else 0.0
        placed.append(((middle, max(y, least)), float(found.distances[one, other])))
    return placed


class _Pen:
    def __init__(
        self, canvas: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
    ) -> None:
        self._canvas = canvas
        self._font = font

    def line(self, start: Point, end: Point, colour: Colour) -> None:
        self._canvas.line((start, end), fill=PAPER, width=7)  # seen on any photo
        self._canvas.line((start, end), fill=colour, width=3)

    def box(self, corners: tuple[float, float, float, float], colour: Colour) -> None:
        self._canvas.rectangle(corners, outline=colour, width=3)

    def text(self, corner: Point, words: str, colour: Colour) -> None:
        self._canvas.text(corner, words, fill=colour, font=self._font)

    def label(self, middle: Point, words: str, colour: Colour) -> None:
        """White on a ground of the colour."""
        left, top, right, bottom = self._canvas.textbbox(
            middle, words, font=self._font, anchor="mm"
        )
        self._canvas.rectangle((left - 5, top - 5, right + 5, bottom + 5), fill=colour)
        self._canvas.text(middle, words, fill="white", font=self._font, anchor="mm")


@dataclass(frozen=True, slots=True)
class _Side:
    """One photo with its place on the sheet. left: px from the sheet's left edge."""

    picture: Picture
    faces: Faces
    left: int

    @property
    def scale(self) -> float:
        """px of the sheet for a px of the photo."""
        return min(HEIGHT / self.picture.height, MOST_WIDTH / self.picture.width, MOST_ZOOM)

    @property
    def size(self) -> tuple[int, int]:
        width, height = self.picture.width * self.scale, self.picture.height * self.scale
        return max(1, round(width)), max(1, round(height))

    def box(self, face: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, cut at the edges of the photo."""
        x, y, width, height = (float(v) * self.scale for v in self.faces.boxes[face])
        wide, high = self.size
        return (
            self.left + min(max(x, 0), wide - 1),
            MARGIN + min(max(y, 0), high - 1),
            self.left + min(max(x + width, 0), wide - 1),
            MARGIN + min(max(y + height, 0), high - 1),
        )

    def paint(self, sheet: Image.Image, pen: _Pen) -> None:
        """The photo, and all its faces numbered."""
        coarse = self.scale >= COARSE_ZOOM
        mode = Image.Resampling.NEAREST if coarse else Image.Resampling.LANCZOS
        photo = Image.fromarray(self.picture.pixels).resize(self.size, mode)
        sheet.paste(photo, (self.left, MARGIN))
        for face in range(len(self.faces)):
            pen.box(self.box(face), BOX)
            if len(self.faces) > 1:
                left, top, _, _ = self.box(face)
                pen.label((left + 10, top + 12), str(face + 1), BOX)
