"""Class folders that a model of mean colours tells apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

COLOURS = {"red": (220, 60, 60), "green": (60, 220, 60), "blue": (60, 60, 220)}


def write_colours(folder: Path) -> Path:
    """A folder a colour, four pictures each that differ in their noise and shape."""
    rng = np.random.default_rng(3)
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(1, 5):
            noise = rng.integers(-40, 40, (20 + number, 30, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{name}_{number:04}.png")
    return folder
