"""Photos as if they were drawn, painted, printed or filtered."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.common.altered.parts import grey, mixed, numbers, pixels_of, places, three
from facecluster.records import Floats, Pixels

BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 * 255 + 8
RELIEF = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]], np.float32)


def _soft(plane: Floats | Pixels, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(np.asarray(plane, np.float32), (0, 0), sigma))


def cartoon(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    space, colour = random.uniform(40, 80), random.uniform(0.35, 0.6)
    return np.asarray(cv2.stylization(pixels, sigma_s=space, sigma_r=colour), np.uint8)


def pencil(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    colour, shade = random.uniform(0.07, 0.3), random.uniform(0.02, 0.05)
    lines = cv2.pencilSketch(pixels, sigma_s=60, sigma_r=colour, shade_factor=shade)[0]
    return pixels_of(three(lines))


def edges(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    lines = cv2.Canny(pixels_of(_soft(grey(pixels), 1)), 40, 110)
    lines = np.asarray(cv2.dilate(lines, np.ones((2, 2), np.uint8)), np.float32)
    inked = 255 - lines if random.random() < 0.7 else lines
    return mixed(pixels, three(inked), random.uniform(0.2, 0.8))


def posterized(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    steps = int(random.integers(2, 5)) - 1
    return pixels_of(np.round(numbers(pixels) / 255 * steps) / steps * 255)


def relief(pixels: Pixels, _: Floats, __: np.random.Generator) -> Pixels:
    return pixels_of(three(cv2.filter2D(numbers(grey(pixels)), -1, RELIEF) + 128))


def black_and_white(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    plane = _soft(grey(pixels), 1)
    away = plane - np.median(plane) + random.uniform(-20, 20)
    return pixels_of(three(128 + away * random.uniform(3, 15)))


def oil(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    brush = int(random.choice([7, 9, 11]))
    return pixels_of(numbers(cv2.medianBlur(pixels, brush)) // 32 * 32 + 16)


def halftone(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    x, y = places(pixels)
    step, angle = random.uniform(2.5, 4) * pixels.shape[1] / 250, random.uniform(0.3, 1)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    screen = (np.cos(2 * np.pi * along / step) + np.cos(2 * np.pi * across / step)) / 4 + 0.5
    dots = three((numbers(grey(pixels)) / 255 > screen) * 255.0)
    return mixed(pixels, _soft(dots, random.uniform(0.3, 1)), random.uniform(0.3, 1))


def dithered(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    screen = np.tile(BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width, None]
    plane = three(grey(pixels)) if random.random() < 0.5 else numbers(pixels)
    return mixed(pixels, (plane > screen) * 255.0, random.uniform(0.3, 1))


def crayon(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    stroke = np.zeros((15, 15), np.float32)
    cv2.line(stroke, (0, int(random.integers(15))), (14, int(random.integers(15))), 1.0)
    grain = random.normal(0, 1, pixels.shape[:2]).astype(np.float32)
    strokes = np.asarray(cv2.filter2D(grain, -1, stroke / stroke.sum()))
    strokes *= random.uniform(12, 40) / strokes.std()
    return pixels_of(numbers(cv2.medianBlur(pixels, 7)) * 0.7 + 70 + strokes[..., None])


def oversharp(pixels: Pixels, _: Floats, random: np.random.Generator) -> Pixels:
    sharp = numbers(pixels)
    return pixels_of(sharp + random.uniform(5, 9) * (sharp - _soft(sharp, random.uniform(2, 5))))
