"""Pictures that the albums of the speed benchmark are made of, and how one is set into another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
# Photos of photos/ by what they show, as a look at them tells: one person at 12 MP and more; one
# or two people; and the parts of photos where nobody is, as left, top, right, bottom in shares.
LARGE = tuple(f"counts/{name}_A.jpg" for name in ("001", "002", "003", "004", "005", "006"))
SCENES = (
    *(f"counts/{name}.jpg" for name in ("004_A", "005_A", "007_B", "008_B", "009_C", "010_2")),
    *(f"album/{name}" for name in ("Diana_3.jpg", "Diana_7.jpg", "LHL_0.jpg", "LHL_1.png")),
    *(f"album/{name}" for name in ("LHL_3.png", "LHL_4.jpg", "LHL_7.jpg", "Obama_3.png")),
    *(f"album/Putin_{number}.jpg" for number in (1, 2, 3, 4, 6)),
)
LARGE_GROUNDS = (
    ("counts/003_A.jpg", (0.0, 0.0, 0.35, 1.0)),
    ("counts/003_A.jpg", (0.65, 0.0, 1.0, 1.0)),
    ("counts/001_A.jpg", (0.0, 0.8, 1.0, 1.0)),
)
GROUNDS = (
    *LARGE_GROUNDS,
    ("counts/004_A.jpg", (0.55, 0.1, 1.0, 0.4)),
    ("counts/012_4.jpg", (0.0, 0.75, 1.0, 1.0)),
    ("counts/017_0.jpg", (0.0, 0.0, 1.0, 1.0)),
    ("album/Diana_4.jpg", (0.0, 0.0, 1.0, 0.18)),
    ("album/Diana_7.jpg", (0.0, 0.0, 0.6, 1.0)),
    ("album/LHL_7.jpg", (0.62, 0.3, 1.0, 1.0)),
    ("album/Putin_4.jpg", (0.0, 0.65, 1.0, 1.0)),
)
WHOLE = (0.0, 0.0, 1.0, 1.0)
Ground = tuple[Path, tuple[float, float, float, float]]
EDGE = 0.06  # of a set-in picture's side, over which it fades into what lies under it
SOFT = 600  # a background's long side in units of its blur: a little out of focus
LFW_SHARE = 0.7  # of a picture of LFW's side, around its middle; the corners are black or blurred


@dataclass(frozen=True, slots=True)
class Material:
    """Pictures by use.

    name: says where they come from, for the cache. known: pictures with one face in the middle of
    each person that has several. strangers: one such picture each of other people. large, scenes:
    whole photos with one person at 12 MP, and with one or two people. grounds, large_grounds: parts
    where nobody is.
    """

    name: str
    known: Mapping[str, Sequence[Path]]
    strangers: Sequence[Path]
    large: Sequence[Path]
    scenes: Sequence[Path]
    grounds: Sequence[Ground]
    large_grounds: Sequence[Ground]


def research(data: Path) -> Material | None:
    """The research pictures of `data`: pins44, those of LFW with one picture of a person, and
    photos/. None where any of the three is missing."""
    pins, lfw, photos = data / "pins44", data / "lfw" / "images", data / "photos"
    if not (pins.is_dir() and lfw.is_dir() and photos.is_dir()):
        return None
    known = {path.name: sorted(path.glob("*.jpg")) for path in sorted(pins.iterdir())}
    people = [sorted(path.glob("*.jpg")) for path in sorted(lfw.iterdir())]
    return Material(
        name=f"research pictures of {data.resolve()}",
        known={name: files for name, files in known.items() if files},
        strangers=[files[0] for files in people if len(files) == 1],
        large=[photos / name for name in LARGE],
        scenes=[photos / name for name in SCENES],
        grounds=[(photos / name, part) for name, part in GROUNDS],
        large_grounds=[(photos / name, part) for name, part in LARGE_GROUNDS],
    )


def shipped(folder: Path) -> Material:
    """The two faces and three scenes that scikit-image and Matplotlib bring, as files of `folder`.

    One face in the middle: the astronaut Eileen Collins and Rear Admiral Grace Hopper, each in
    three lights.
    """
    from matplotlib import cbook
    from skimage import data

    folder.mkdir(parents=True, exist_ok=True)
    hopper = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    whole = {"eileen": np.asarray(data.astronaut()), "grace": picture(Path(str(hopper)))}
    middle = {"eileen": whole["eileen"][10:250, 100:340], "grace": whole["grace"][40:400, 90:450]}
    known = {}
    for name, pixels in middle.items():
        known[name] = [folder / f"{name}{light}.png" for light in (8, 10, 12)]
        for path, light in zip(known[name], (0.8, 1.0, 1.2), strict=True):
            Image.fromarray(np.clip(pixels * light, 0, 255).astype(np.uint8)).save(path)
    scenes = [folder / f"{name}.png" for name in whole]
    for path, pixels in zip(scenes, whole.values(), strict=True):
        Image.fromarray(pixels).save(path)
    grounds = [(folder / "coffee.png", WHOLE), (folder / "rocket.png", WHOLE)]
    for (path, _), pixels in zip(grounds, (data.coffee(), data.rocket()), strict=True):
        Image.fromarray(pixels).save(path)
    return Material("shipped pictures", known, [], scenes, scenes, grounds, grounds)


def picture(path: Path) -> Pixels:
    """uint8 [h, w, 3] RGB, as stored."""
    with Image.open(path) as file:
        return np.asarray(file.convert("RGB"))


def face_picture(path: Path) -> Pixels:
    """A face with its hair, whichever set it is from."""
    pixels = picture(path)
    if path.parent.parent.name != "images":
        return pixels
    rows, columns = pixels.shape[:2]
    off = (1 - LFW_SHARE) / 2
    return pixels[round(rows * off) : round(rows * (1 - off)),
                  round(columns * off) : round(columns * (1 - off))]  # fmt: skip


def cut(pixels: Pixels, width: int, height: int, random: np.random.Generator, share: float
        ) -> Pixels:  # fmt: skip
    """A part of that shape by chance, at least `share` of the largest, brought to that size; half
    of them mirrored."""
    rows, columns = pixels.shape[:2]
    scale = min(columns / width, rows / height) * random.uniform(share, 1)
    w, h = max(1, int(width * scale)), max(1, int(height * scale))
    x, y = (int(random.integers(0, room + 1)) for room in (columns - w, rows - h))
    part = pixels[y : y + h, x : x + w]
    if random.random() < 0.5:
        part = part[:, ::-1]
    mode = cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width, height), interpolation=mode), np.uint8)


def ground(parts: Sequence[Ground], width: int, height: int, random: np.random.Generator) -> Pixels:
    """A background by chance: where nobody is, a little out of focus."""
    sharp = cut(_part(*parts[int(random.integers(len(parts)))]), width, height, random, 0.5)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), max(width, height) / SOFT), np.uint8)


@lru_cache(maxsize=16)  # some are of 30 MP, and decoding would take nearly all the time
def _part(path: Path, part: tuple[float, float, float, float]) -> Pixels:
    whole = picture(path)
    rows, columns = whole.shape[:2]
    left, top, right, bottom = part
    return whole[
        int(rows * top) : int(rows * bottom), int(columns * left) : int(columns * right)
    ].copy()


def set_in(canvas: Pixels, face: Pixels, height: int, middle: tuple[int, int]) -> None:
    """Put `face` at that height in px around `middle` (x, y) into `canvas`, fading at its edges.

    What would lie outside of the canvas is lost.
    """
    width = max(1, round(face.shape[1] * height / face.shape[0]))
    mode = cv2.INTER_AREA if height < face.shape[0] else cv2.INTER_CUBIC
    small = cv2.resize(face, (width, height), interpolation=mode).astype(np.float32)
    fade = max(1.0, EDGE * min(width, height))
    across, down = (np.minimum(np.arange(n) + 0.5, n - 0.5 - np.arange(n)) for n in (width, height))
    mask = np.clip(np.minimum(across[None], down[:, None]) / fade, 0, 1)[..., None]
    left, top = middle[0] - width // 2, middle[1] - height // 2
    x, y = max(left, 0), max(top, 0)
    part = canvas[y : max(top + height, 0), x : max(left + width, 0)]
    rows, columns = part.shape[:2]
    inner = slice(y - top, y - top + rows), slice(x - left, x - left + columns)
    part[:] = np.rint(part + (small[inner] - part) * mask[inner]).astype(np.uint8)


def grain(pixels: Pixels, random: np.random.Generator, strength: float) -> Pixels:
    """With the noise of a sensor, of that standard deviation in brightness; neighbours share some
    of it, as after a camera's own processing."""
    noise = random.standard_normal(pixels.shape[:2], np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.6)
    soft *= strength / max(float(soft.std()), 1e-6)
    return np.asarray(np.clip(np.rint(pixels + soft[..., None]), 0, 255), np.uint8)
