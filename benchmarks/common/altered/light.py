"""Light and colours that no face has."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.common.altered.parts import grey, mixed, numbers, pixels_of, places, three
from facecluster.records import Floats, Pixels

MAPS = (cv2.COLORMAP_JET, cv2.COLORMAP_INFERNO, cv2.COLORMAP_HSV, cv2.COLORMAP_RAINBOW)
CASTS = ((1.6, 0.25, 0.25), (0.25, 0.35, 1.7), (0.3, 1.5, 0.3), (1.5, 0.3, 1.4), (1.6, 1.4, 0.1))
ORDERS = ((2, 1, 0), (1, 2, 0), (1, 0, 2))


def _spot(pixels: Pixels, middle: Floats, width: float) -> Floats:
    """1 in the middle, falling with the distance: float32 [H, W, 1]."""
    x, y = places(pixels)
    away = (x - middle[0]) ** 2 + (y - middle[1]) ** 2
    return np.asarray(np.exp(-away / (2 * width**2))[..., None], np.float32)


def flash(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    width = pixels.shape[1]
    middle = landmarks.mean(axis=0) + random.normal(0, 0.02 * width, 2)
    spot = _spot(pixels, middle, random.uniform(0.2, 0.3) * width)
    return pixels_of(numbers(pixels) + random.uniform(120, 250) * spot)


def overexposed(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * random.uniform(1.6, 2.8))


def underexposed(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    dim = numbers(pixels) * random.uniform(0.05, 0.15)
    return pixels_of(dim + random.normal(0, 2, pixels.shape))


def vignette(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    width = random.uniform(0.12, 0.2) * pixels.shape[1]
    return pixels_of(numbers(pixels) * _spot(pixels, landmarks.mean(axis=0), width))


def half_dark(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, _ = places(pixels)
    side = (x - landmarks[2, 0]) / (0.02 * pixels.shape[1]) * random.choice([-1, 1])
    light = 1 / (1 + np.exp(np.clip(-side, -50, 50)))
    return pixels_of(numbers(pixels) * (0.04 + 0.96 * light)[..., None])


def gamma(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    power = random.choice([0.25, 0.3, 3.5, 4])
    return pixels_of(255 * (numbers(pixels) / 255) ** power)


def flat(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) * random.uniform(0.08, 0.2) + random.uniform(20, 200))


def negative(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(255 - pixels)


def solarized(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return pixels_of(np.where(pixels > random.uniform(90, 160), 255 - numbers(pixels), pixels))


def false_colours(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    found = cv2.applyColorMap(grey(pixels), int(random.choice(MAPS)))
    return np.ascontiguousarray(found[..., ::-1])


def colour_cast(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return pixels_of(three(grey(pixels)) * np.array(CASTS[random.integers(len(CASTS))]))


def swapped_colours(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[..., ORDERS[random.integers(len(ORDERS))]])


def turned_hues(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    hsv = numbers(np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2HSV)))
    hsv[..., 0] = (hsv[..., 0] + random.integers(40, 140)) % 180
    hsv[..., 1] *= 1.6
    return np.asarray(cv2.cvtColor(pixels_of(hsv), cv2.COLOR_HSV2RGB), np.uint8)


def twice_exposed(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    apart = float(np.hypot(*(landmarks[1] - landmarks[0])))
    way = int(apart * random.uniform(0.2, 0.5)), int(apart * random.uniform(0.3, 0.6))
    return mixed(pixels, np.roll(pixels, way, (0, 1)), 0.5)
