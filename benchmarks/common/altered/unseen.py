"""Alterations that no fit has seen: what a measure that was fitted to the others is judged on."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.common.altered.parts import (
    eyes,
    fetched,
    grey,
    mixed,
    numbers,
    pixels_of,
    places,
    three,
)
from facecluster.records import Floats, Pixels


def night_vision(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    plane = numbers(grey(pixels)) * 1.3 + random.normal(0, 20, pixels.shape[:2])
    lines = np.where(np.arange(len(pixels)) % 3 == 0, 0.75, 1)[:, None]
    return pixels_of(three(plane * lines) * np.array([0.2, 1, 0.25]))


def anaglyph(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    way = int(eyes(landmarks) * random.uniform(0.12, 0.25)) + 1
    made: Pixels = pixels.copy()
    made[..., 0] = np.roll(grey(pixels), way, 1)
    made[..., 1:] = np.roll(grey(pixels), -way, 1)[..., None]
    return made


def glitch(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    made, top = pixels.copy(), 0
    while top < len(pixels):
        high = int(random.integers(4, 18))
        way = int(random.normal(0, 0.06 * pixels.shape[1]))
        made[top : top + high] = np.roll(pixels[top : top + high], way, 1)
        top += high
    return made


def water_colour(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    flat = cv2.edgePreservingFilter(pixels, flags=1, sigma_s=60, sigma_r=0.6)
    return pixels_of(numbers(np.asarray(flat)) * 0.8 + 50)


def kaleidoscope(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    dx, dy = x - landmarks[2, 0], y - landmarks[2, 1]
    slice_ = 2 * np.pi / int(random.integers(2, 4))
    angle = np.abs((np.arctan2(dy, dx) + np.pi / 2) % slice_ - slice_ / 2) - np.pi / 2
    away = np.hypot(dx, dy)
    bent = fetched(
        pixels, landmarks[2, 0] + away * np.cos(angle), landmarks[2, 1] + away * np.sin(angle)
    )
    return mixed(pixels, bent, 0.6)


def bloom(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    soft = cv2.GaussianBlur(numbers(pixels), (0, 0), eyes(landmarks) * random.uniform(0.25, 0.5))
    return pixels_of(numbers(pixels) * 0.7 + np.asarray(soft) * 0.9)


def scratched(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    made: Pixels = pixels.copy()
    height, width = pixels.shape[:2]
    for _i in range(int(random.integers(25, 45))):
        ends = random.integers(0, (width, height), (2, 2))
        shade = int(random.choice([20, 235]))
        cv2.line(made, tuple(map(int, ends[0])), tuple(map(int, ends[1])), (shade,) * 3, 1)
    return made


def duotone(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    dark, light = random.integers(0, 120, 3), random.integers(140, 256, 3)
    share = np.clip((three(grey(pixels)) - 60) / 130, 0, 1)
    return pixels_of(dark * (1 - share) + light * share)


def knitted(pixels: Pixels, landmarks: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    step = eyes(landmarks) * random.uniform(0.12, 0.2)
    stitch = np.abs(((x / step) % 1) - 0.5) + ((y / step) % 1) * 0.6
    coarse = cv2.GaussianBlur(numbers(pixels), (0, 0), step / 3)
    return pixels_of(np.asarray(coarse) * (0.55 + 0.75 * (stitch % 1))[..., None])
