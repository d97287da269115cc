"""Changes that photos come with, after which a face is still itself."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.common.altered.covered import jpeg
from benchmarks.common.altered.parts import eyes, grey, numbers, pixels_of, places, three
from facecluster.records import Floats, Pixels

SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]], np.float32)
FACE = 2.2  # eye distances that a face is wide
SMALL = 60  # px


def as_it_is(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels


def without_colours(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(three(grey(pixels)))


def sepia(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) @ SEPIA.T)


def faded(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * 0.6 + 80)


def yellowed(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of((numbers(pixels) @ SEPIA.T).clip(0, 255) * 0.55 + np.array([95, 80, 45]))


def soft(pixels: Pixels, landmarks: Floats, _: np.random.Generator) -> Pixels:
    width = FACE * eyes(landmarks)
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.02 * width), np.uint8)


def small(pixels: Pixels, landmarks: Floats, _: np.random.Generator) -> Pixels:
    factor = SMALL / (FACE * eyes(landmarks))
    if factor >= 1:
        return pixels
    size = int(pixels.shape[1] * factor), int(pixels.shape[0] * factor)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def jpeg_40(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return jpeg(pixels, 40)


def brighter(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * 1.25)


def darker(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * 0.75)


def more_contrast(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of((numbers(pixels) - 128) * 1.3 + 128)


def warm(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * np.array([1.15, 1, 0.75]))


def cool(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * np.array([0.8, 0.95, 1.2]))


def grain(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) + random.normal(0, 12, pixels.shape))


def light_from_aside(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    x, _y = places(pixels)
    return pixels_of(numbers(pixels) * (0.6 + 0.6 * x / pixels.shape[1])[..., None])
