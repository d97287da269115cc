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
    """One folder per person in `folder`: the picture in three lights, one of them mirrored and one
    narrower, since the same picture in another light would be a copy."""
    for name, pixels in pictures.items():
        (folder / name).mkdir(parents=True)
        narrower = pixels[:, : pixels.shape[1] * 4 // 5]
        for i, (light, part) in enumerate(((0.8, narrower), (1.0, pixels), (1.2, pixels[:, ::-1]))):
            whole = Image.fromarray(np.ascontiguousarray(part))
            picture = ImageEnhance.Brightness(whole).enhance(light)
            picture.save(folder / name / f"{i}.jpg", quality=90)
    return folder
