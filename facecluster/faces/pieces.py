"""A narrow picture as pieces of an ordinary shape, each face in one of them as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.base.narrow import NARROW, Narrow, is_narrow
from facecluster.faces.detect import Area, shifted, take
from facecluster.records import Detections, Picture, Pixels


@dataclass(frozen=True, slots=True)
class PieceTuning:
    """How a narrow picture is cut; docs/decisions/013-second-looks.md.

    least: long side of a piece in decoded px, at least: what one look sees as it is. overlap: of
    two pieces, in short sides of the picture, so that every face that fits in is whole in one.
    slack: the same, by how much the middle of a face may lie outside of a piece's own part; two
    pieces may see it in places that differ by a little.
    """

    least: int = 640
    overlap: float = 1.0
    slack: float = 0.1


PIECES = PieceTuning()


@dataclass(frozen=True, slots=True)
class Piece:
    """area: left, top, right, bottom in decoded px. own: first and last px along the long side
    between which the middle of a face must lie to be this piece's, infinite at the ends."""

    area: Area
    own: tuple[float, float]


def pieces(picture: Picture, tuning: PieceTuning = PIECES, narrow: Narrow = NARROW) -> list[Piece]:
    """The pieces of a picture; one for all of it, unless it is narrow."""
    rows, columns = picture.pixels.shape[:2]
    whole = Piece((0, 0, columns, rows), (-np.inf, np.inf))
    short, long = sorted((rows, columns))
    length = max(round(narrow.piece * short), tuning.least)
    if long <= length or not is_narrow(picture.width, picture.height, narrow):
        return [whole]
    overlap = min(tuning.overlap * short, length / 2)
    count = int(np.ceil((long - length) / (length - overlap))) + 1
    starts = np.linspace(0, long - length, count).round().astype(int).tolist()
    ends = [start + length for start in starts]
    middles = [(b + e) / 2 for b, e in zip(starts[1:], ends, strict=False)]  # of what two share
    slack = tuning.slack * short
    own = zip(
        [-np.inf, *(m - slack for m in middles)],
        [*(m + slack for m in middles), np.inf],
        strict=True,
    )
    ways = zip(starts, ends, strict=True)
    areas = [(a, 0, b, rows) if columns > rows else (0, a, columns, b) for a, b in ways]
    return [Piece(area, part) for area, part in zip(areas, own, strict=True)]


def cut(pixels: Pixels, piece: Piece) -> Pixels:
    """The piece of the picture's pixels, as a view."""
    left, top, right, bottom = piece.area
    return pixels[top:bottom, left:right]


def placed(faces: Detections, piece: Piece, shape: tuple[int, ...]) -> Detections:
    """The faces that are this piece's own, in decoded px of the picture. shape: of its pixels."""
    left, top = piece.area[:2]
    here = shifted(faces, left, top)
    axis = 0 if shape[1] > shape[0] else 1
    middle = here.boxes[:, axis] + here.boxes[:, 2 + axis] / 2
    mine: NDArray[np.bool_] = (middle >= piece.own[0]) & (middle <= piece.own[1])
    return take(here, mine)
