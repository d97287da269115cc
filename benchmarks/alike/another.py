"""Another picture of the same face, made of one: what photos taken a moment later differ in.

Pose, expression and years stay, so such pairs are easier than those of two photos of real life.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats, Picture, Pixels

VERSION = 1  # raise it when other pixels come of it
NET = 5  # knots a side of the net by which a face is bent


@dataclass(frozen=True, slots=True)
class Changes:
    """The most that each thing changes by; all of them change at once, each by chance.

    turn: degrees. size: share, larger or smaller. shift: of the side. corners: of the side, by
    which each corner moves, as the camera stands elsewhere. light: factor. colour: share, of each
    channel. shade: share, from one side to the other. blur: standard deviation in 200ths of the
    side. coarse: of the side in px that is left at least. jpeg: lowest quality.
    """

    turn: float = 12.0
    size: float = 0.12
    shift: float = 0.06
    corners: float = 0.05
    bend: float = 0.025
    light: float = 1.3
    colour: float = 0.10
    shade: float = 0.3
    blur: float = 1.6
    coarse: float = 0.4
    jpeg: int = 40


CHANGES = Changes()


def another(picture: Picture, seed: int, changes: Changes = CHANGES) -> Picture:
    """The picture as it may look when it is taken again; the same for the same seed."""
    random = np.random.default_rng(seed)
    pixels = _moved(picture.pixels, random, changes)
    pixels = _lit(pixels, random, changes)
    pixels = _kept(pixels, random, changes)
    return Picture(pixels, pixels.shape[1], pixels.shape[0])


def _moved(pixels: Pixels, random: np.random.Generator, most: Changes) -> Pixels:
    """Turned, shifted, larger or smaller, and seen a little from elsewhere. What comes in from
    beyond the edge is a mirror image of what lies within."""
    height, width = pixels.shape[:2]
    side = np.array([width, height], np.float64)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * side
    angle = np.radians(random.uniform(-most.turn, most.turn))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    factor = 1 + random.uniform(-most.size, most.size)
    there = (corners - side / 2) @ turn.T * factor + side / 2
    there += random.uniform(-most.shift, most.shift, 2) * side
    there += random.uniform(-most.corners, most.corners, (4, 2)) * side
    plan = cv2.getPerspectiveTransform(there.astype(np.float32), corners.astype(np.float32))
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    from_ = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), plan).reshape(grid.shape)
    from_ += _bends(random, most.bend * side, (width, height))
    seen = cv2.remap(pixels, from_, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(seen, np.uint8)


def _bends(random: np.random.Generator, most: NDArray[np.float64], size: tuple[int, int]) -> Floats:
    """How far each pixel is moved, float32 [h, w, 2] in px: smooth, at most `most` at the knots of
    a coarse net, as a face is bent by expression and by a turn of the head."""
    knots = random.uniform(-1, 1, (NET, NET, 2)) * most
    moved: Floats = cv2.resize(knots.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return moved


def _lit(pixels: Pixels, random: np.random.Generator, most: Changes) -> Pixels:
    """Brighter or darker, warmer or colder, and lit from a side."""
    height, width = pixels.shape[:2]
    light = most.light ** random.uniform(-1, 1)
    colour = 1 + random.uniform(-most.colour, most.colour, 3)
    angle = random.uniform(0, 2 * np.pi)
    across = np.linspace(-0.5, 0.5, width)[None] * np.cos(angle)
    down = np.linspace(-0.5, 0.5, height)[:, None] * np.sin(angle)
    shade: NDArray[np.float64] = 1 + random.uniform(0, most.shade) * (across + down)
    lit = pixels * (light * colour) * shade[..., None]
    bounded: Pixels = np.clip(lit, 0, 255).astype(np.uint8)
    return bounded


def _kept(pixels: Pixels, random: np.random.Generator, most: Changes) -> Pixels:
    """A little out of focus, smaller, and compressed."""
    height, width = pixels.shape[:2]
    sigma = random.uniform(0, most.blur) * width / 200
    soft = cv2.GaussianBlur(pixels, (0, 0), sigma) if sigma > 0.1 else pixels
    left = random.uniform(most.coarse, 1)
    size = max(32, round(width * left)), max(32, round(height * left))
    small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(most.jpeg, 96))]
    data = cv2.imencode(".jpg", np.ascontiguousarray(small[..., ::-1]), quality)[1]
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])
