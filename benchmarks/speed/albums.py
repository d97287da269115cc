"""The albums of the speed benchmark, kept in a cache folder once they are made."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.speed.material import Material, Pixels
from benchmarks.speed.photos import MAKERS, NUMBERS, TOY, Face, Photo

VERSION = 1  # raise it when the same seed begins to make other photos
ORIENTATION, MAKE, MODEL = 274, 271, 272  # EXIF tags


@dataclass(frozen=True, slots=True)
class Album:
    """folder: photos only. truth: faces by file name, None where they are not known."""

    name: str
    folder: Path
    truth: dict[str, list[Face]] | None


def album(name: str, material: Material, cache: Path, seed: int = 0, toy: bool = False) -> Album:
    """The album of that name; made where the cache does not hold it yet, whole or not at all."""
    number = (TOY if toy else NUMBERS)[name]
    told = f"{VERSION}/{name}/{number}/{seed}/{material.name}"
    home = cache / "albums" / f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    if not home.is_dir():
        partial = home.with_name(home.name + ".part")
        shutil.rmtree(partial, ignore_errors=True)
        (partial / "photos").mkdir(parents=True)
        random = np.random.default_rng([seed, sorted(MAKERS).index(name)])
        _write(partial, MAKERS[name](material, number, random))
        partial.rename(home)
    truth = json.loads((home / "truth.json").read_text("utf-8"))
    known = None if truth is None else {f: [Face(**x) for x in xs] for f, xs in truth.items()}
    return Album(name, home / "photos", known)


def _write(home: Path, photos: Iterator[Photo]) -> None:
    truth: dict[str, list[dict[str, str | int]]] | None = {}
    for i, photo in enumerate(photos):
        name = f"{i:04}.jpg"
        save(home / "photos" / name, photo.pixels, photo.quality, photo.orientation)
        if photo.faces is None:
            truth = None
        elif truth is not None:
            truth[name] = [asdict(face) for face in photo.faces]
    (home / "truth.json").write_text(json.dumps(truth), "utf-8")


def save(path: Path, pixels: Pixels, quality: int, orientation: int = 1) -> None:
    """As JPEG 4:2:0, with what a camera writes into the EXIF."""
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[ORIENTATION] = "facecluster", "benchmark", orientation
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.save(path, "JPEG", quality=quality, subsampling="4:2:0", exif=exif)


def real_counts(folder: Path) -> Album:
    """photos/counts: `_A`, `_B` and `_C` in the name say whose photo it is."""
    files = sorted(folder.glob("*.jpg"))
    truth = {f.name: [Face(f.stem[-1], -1, -1)] for f in files if f.stem[-1] in "ABC"}
    return Album("counts", folder, truth)
