"""Commands of the checkout, run as their readers run them, and the few pictures they are run on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

ROOT = Path(__file__).resolve().parents[2]


def run_module(module: str, *arguments: object, code: int = 0) -> str:
    """What `python -m module` prints; it must end with exit code `code`."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout


def make_people(folder: Path, pictures: dict[str, np.ndarray]) -> Path:
    """One folder per person in `folder`, with the picture in three lights each."""
    for name, pixels in pictures.items():
        (folder / name).mkdir(parents=True)
        for i, light in enumerate((0.8, 1.0, 1.2)):
            picture = ImageEnhance.Brightness(Image.fromarray(np.asarray(pixels))).enhance(light)
            picture.save(folder / name / f"{i}.jpg", quality=90)
    return folder
