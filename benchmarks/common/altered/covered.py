"""Things in front of a face, and traces of cameras, screens and files."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.common.altered.parts import Numbers, eyes, grey, numbers, pixels_of, places, three
from benchmarks.common.worsen import line_kernel
from facecluster.records import Floats, Pixels

BARS = ((0, 0, 0), (255, 255, 255), (30, 30, 30), (200, 0, 0))
MASKS = ((240, 240, 245), (150, 190, 220), (20, 20, 20), (90, 120, 90))


def _bar(
    pixels: Pixels, middle: Numbers, along: Numbers, up: Numbers, colour: tuple[int, ...]
) -> Pixels:
    """A box with the half sides `along` and `up`."""
    corners = [middle + a * along + b * up for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    made: Pixels = pixels.copy()
    cv2.fillConvexPoly(made, np.rint(corners).astype(np.int32), colour)
    return made


def eye_bar(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    across = landmarks[1] - landmarks[0]
    up = np.array([-across[1], across[0]]) * random.uniform(0.25, 0.45)
    middle, colour = landmarks[:2].mean(axis=0), BARS[random.integers(len(BARS))]
    return _bar(pixels, middle, across * random.uniform(1, 1.3), up, colour)


def mouth_mask(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    across = landmarks[1] - landmarks[0]
    down = np.array([-across[1], across[0]])
    middle = (landmarks[2] + landmarks[3:].mean(axis=0)) / 2 + down * 0.27
    sides = across * random.uniform(0.95, 1.15), down * random.uniform(0.6, 0.75)
    return _bar(pixels, middle, *sides, MASKS[random.integers(len(MASKS))])


def lattice(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    step, angle = eyes(landmarks) * random.uniform(0.35, 0.6), random.uniform(0, np.pi)
    thick = random.uniform(0.12, 0.35) * step
    bars = (x * np.cos(angle) + y * np.sin(angle)) % step < thick
    if random.random() < 0.5:
        bars |= (y * np.cos(angle) - x * np.sin(angle)) % step < thick
    made: Pixels = pixels.copy()
    made[bars] = random.integers(0, 256, 3)
    return made


def snow(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    made, apart = pixels.copy(), eyes(landmarks)
    height, width = pixels.shape[:2]
    for _ in range(int(height * width / apart**2 * random.uniform(3, 5))):
        place = int(random.integers(width)), int(random.integers(height))
        radius = max(1, int(apart * random.uniform(0.06, 0.14)))
        cv2.circle(made, place, radius, (245, 245, 245), -1, cv2.LINE_AA)
    return made


def face_paint(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    apart, middle = eyes(landmarks), landmarks.mean(axis=0)
    shade = 0.4 + 0.6 * three(grey(pixels)) / 255
    made = numbers(pixels)
    for colour in random.integers(0, 256, (3, 3)):
        aside, down = random.uniform(-0.8, 0.8, 2) * apart
        radius = apart * random.uniform(0.35, 0.6)
        for side in (-1, 1):
            dx, dy = x - middle[0] - side * abs(aside), y - middle[1] - down
            share = 0.85 * np.exp(-(((dx**2 + dy**2) / radius**2) ** 3))[..., None]
            made = made * (1 - share) + share * colour * shade
    return pixels_of(made)


def interlaced(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    made: Pixels = pixels.copy()
    way = int(random.integers(3, 13) * pixels.shape[1] / 250) + 1
    rows = (np.arange(len(pixels)) // int(random.integers(1, 4))) % 2 == 1
    made[rows] = np.roll(pixels, way, 1)[rows]
    return made


def compressed(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return jpeg(pixels, int(random.integers(3, 8)))


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])


def mosaic(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    cell = max(2.0, eyes(landmarks) / random.uniform(5, 12))
    few = max(1, int(width / cell)), max(1, int(height / cell))
    low = cv2.resize(pixels, few, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(low, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def moved(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    length, angle = eyes(landmarks) * random.uniform(0.25, 0.6), random.uniform(0, np.pi)
    return np.asarray(cv2.filter2D(pixels, -1, line_kernel(length, angle)), np.uint8)


def noise(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    return pixels_of(numbers(pixels) + random.normal(0, random.uniform(25, 60), pixels.shape))


def moire(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    first, second = random.uniform(0, 0.4, 2)
    step, depth = random.uniform(2.2, 3.5), random.uniform(0.3, 0.9)
    one = np.cos(2 * np.pi * (x * np.cos(first) + y * np.sin(first)) / step)
    other = np.cos(2 * np.pi * (x * np.cos(second) - y * np.sin(second)) / (1.07 * step))
    light = 1 - depth + depth * 1.5 * (0.5 + 0.5 * one) * (0.5 + 0.5 * other)
    return pixels_of(numbers(pixels) * light[..., None])
