"""Faces whose parts are not where they belong."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.common.altered.parts import eyes, fetched, places
from facecluster.records import Floats, Pixels


def upside_down(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[::-1, ::-1])


def swirl(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    middle = landmarks.mean(axis=0)
    dx, dy = x - middle[0], y - middle[1]
    near = np.exp(-((np.hypot(dx, dy) / (0.225 * pixels.shape[1])) ** 2))
    angle = random.uniform(1.0, 2.0) * random.choice([-1, 1]) * near
    cosine, sine = np.cos(angle), np.sin(angle)
    return fetched(pixels, middle[0] + dx * cosine - dy * sine, middle[1] + dx * sine + dy * cosine)


def mirrored_half(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    middle = float(landmarks[:3, 0].mean())
    side = 1 if random.random() < 0.5 else -1
    return fetched(pixels, middle + side * np.abs(x - middle), y)


def wave(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    width = pixels.shape[1]
    swing, length = random.uniform(0.012, 0.03) * width, random.uniform(0.12, 0.25) * width
    first, second = random.uniform(0, 6, 2)
    right = x + swing * np.sin(2 * np.pi * y / length + first)
    return fetched(pixels, right, y + swing * np.sin(2 * np.pi * x / length + second))


def bulge(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    dx, dy = x - landmarks[2, 0], y - landmarks[2, 1]
    away = np.hypot(dx, dy) / (0.3 * pixels.shape[1])
    nearer = np.maximum(away, 1e-3) ** random.uniform(0.6, 1.2)
    factor = np.where(away < 1, nearer, 1)
    return fetched(pixels, landmarks[2, 0] + dx * factor, landmarks[2, 1] + dy * factor)


def stretched(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    factor = random.uniform(1.7, 2.1)
    wide = random.random() < 0.5
    size = (int(width * factor), height) if wide else (width, int(height * factor))
    return np.asarray(cv2.resize(pixels, size), np.uint8)


def sheared(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    slope = random.uniform(0.45, 0.7) * random.choice([-1, 1])
    return fetched(pixels, x - slope * (y - landmarks[:, 1].mean()), y)


def frosted(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    far = random.uniform(4, 8) * pixels.shape[1] / 250
    return fetched(
        pixels, x + random.uniform(-far, far, x.shape), y + random.uniform(-far, far, x.shape)
    )


def tiled(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    side = max(2, int(eyes(landmarks) * random.uniform(0.4, 0.6)))
    made: Pixels = pixels.copy()
    height, width = pixels.shape[:2]
    for top in range(0, height - side, side):
        for left in range(0, width - side, side):
            down, right = (random.uniform(-0.25, 0.25, 2) * side).astype(int)
            row = int(np.clip(top + down, 0, height - side))
            column = int(np.clip(left + right, 0, width - side))
            part = pixels[row : row + side, column : column + side]
            made[top : top + side, left : left + side] = part
    return made
