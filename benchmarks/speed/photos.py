"""The photos of each album of the speed benchmark, made by seed from real pictures.

Faces are real: crops of pins44, or the middle of pictures of LFW, enlarged or shrunk a little and
set with fading edges into a part of a real photo where nobody is. Sensor noise lies over all of it.
JPEG of quality 90 (phone: 94), colours at half the resolution (4:2:0), make and orientation in the
EXIF.

small: 400 x 500 px; a face, 220 to 330 px high with its hair, in each photo, two of 190 to 240 px
in a few, none in two. 23 people have 3 to 60 photos, 94 strangers one.
medium: long side 640 px; every third is a part (70 to 100 %) of a real photo of one or two people,
half of them mirrored; the others are composed, one or two faces of 130 to 260 px each.
phone: 12 MP, half of them upright but stored lying; parts (70 to 100 %) of the photos of
photos/counts with one person and 12 MP and more, in other light and half of them mirrored; in every
sixth such a part where nobody is; into every fourth a face of 600 to 1000 px is set.
group: 1920 x 1280 px, 15 to 26 faces in rows, each with its hair 100 to 200 px high.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speed.material import (
    Material,
    Pixels,
    cut,
    face_picture,
    grain,
    ground,
    picture,
    set_in,
)

SIZES = (60, 50, 40, 35, 30, 25, 25, 20, 20, 16, 16, 12, 12, 10, 10, 8, 8, 6, 6, 4, 4, 3, 3)
STRANGERS, PAIRS, EMPTY = 94, 34, 2  # of the small album: 519 photos with 551 faces
NUMBERS = {"small": 519, "medium": 300, "phone": 72, "group": 44}
TOY = {"small": 6, "medium": 4, "phone": 3, "group": 3}
GRAIN, PHONE_GRAIN = 2.5, 4.0  # of 255 levels of brightness
PHONE_QUALITY = 94  # with that grain a photo takes 3 to 4 MB, as a telephone writes it
ROTATE_6 = 6  # EXIF orientation: turn by 90 degrees clockwise to show


@dataclass(frozen=True, slots=True)
class Face:
    """Whose face, and where its middle is in px of the upright photo."""

    person: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Photo:
    """pixels: as stored. faces: None where nobody wrote down who is on it. orientation: EXIF."""

    pixels: Pixels
    faces: list[Face] | None
    quality: int = 90
    orientation: int = 1


def small(material: Material, number: int, random: np.random.Generator) -> Iterator[Photo]:
    faces = _small_people(material, number, random)
    pairs = set(random.permutation(len(faces))[: PAIRS * number // NUMBERS["small"]].tolist())
    for i, (who, path) in enumerate(faces):
        canvas = ground(material.grounds, 400, 500, random)
        if i in pairs:
            other = faces[int(random.integers(len(faces)))]
            while other[0] == who and len(material.known) > 1:
                other = faces[int(random.integers(len(faces)))]
            places = [Face(who, 105, 240), Face(other[0], 295, 260)]
            heights, paths = random.integers(190, 241, 2), [path, other[1]]
        else:
            places = [Face(who, *(int(v) for v in random.integers((170, 180), (231, 281))))]
            heights, paths = random.integers(220, 331, 1), [path]
        for place, height, face in zip(places, heights, paths, strict=True):
            set_in(canvas, face_picture(face), int(height), (place.x, place.y))
        yield Photo(grain(canvas, random, GRAIN), places)
    for _ in range(number - len(faces)):
        yield Photo(grain(ground(material.grounds, 400, 500, random), random, GRAIN), [])


def _small_people(
    material: Material, number: int, random: np.random.Generator
) -> list[tuple[str, Path]]:
    """The main face of each photo with any: name and picture."""
    empty = min(EMPTY, number // 6)
    people = random.permutation(sorted(material.known)).tolist()
    faces: list[tuple[str, Path]] = []
    sizes = SIZES if number >= NUMBERS["small"] else (3, 2)
    for who, size in zip(people, sizes, strict=False):
        files = material.known[who]
        faces += [(who, files[i]) for i in random.permutation(len(files))[:size].tolist()]
    alone = random.permutation(len(material.strangers))[:STRANGERS].tolist()
    faces += [(material.strangers[i].parent.name, material.strangers[i]) for i in alone]
    return faces[: number - empty]


def medium(material: Material, number: int, random: np.random.Generator) -> Iterator[Photo]:
    for i in range(number):
        width, height = (640, 480) if random.random() < 0.5 else (480, 640)
        if i % 3 == 0:
            scene = picture(material.scenes[int(random.integers(len(material.scenes)))])
            canvas = cut(scene, width, height, random, 0.7)
        else:
            canvas = ground(material.grounds, width, height, random)
            some = 1 + (i % 3 == 2)
            for place in range(some):
                side = int(random.integers(130, 261))
                middle = int(width * (place + 0.5) / some), int(height * random.uniform(0.4, 0.6))
                set_in(canvas, face_picture(_anybody(material, random)[1]), side, middle)
        yield Photo(grain(canvas, random, GRAIN), None)


def phone(material: Material, number: int, random: np.random.Generator) -> Iterator[Photo]:
    for i in range(number):
        width, height = (4032, 3024) if i % 2 else (3024, 4032)
        if i % 6 == 4:
            canvas = ground(material.large_grounds, width, height, random)
        else:
            whole = picture(material.large[int(random.integers(len(material.large)))])
            canvas = cut(whole, width, height, random, 0.7)
        lit = np.clip(canvas * np.float32(random.uniform(0.8, 1.2)), 0, 255).astype(np.uint8)
        if i % 4 == 3:
            side = int(random.integers(600, 1001))
            x, y = random.choice((0.15, 0.85)), random.uniform(0.2, 0.8)
            face = face_picture(_anybody(material, random)[1])
            set_in(lit, face, side, (int(width * x), int(height * y)))
        noisy = grain(lit, random, PHONE_GRAIN)
        turned = np.rot90(noisy) if height > width else noisy  # as the sensor lies in the hand
        yield Photo(turned, None, PHONE_QUALITY, ROTATE_6 if height > width else 1)


def group(material: Material, number: int, random: np.random.Generator) -> Iterator[Photo]:
    for _ in range(number):
        canvas = ground(material.grounds, 1920, 1280, random)
        rows, columns = int(random.integers(3, 5)), int(random.integers(5, 8))
        some = min(max(rows * columns, 15), 26)
        faces = []
        for i in range(some):
            row, column = divmod(i, -(-some // rows))
            side = int(random.integers(100, 201))
            x, y = 1920 * (column + 0.5) / (-(-some // rows)), 1280 * (row + 0.5) / rows
            who, path = _anybody(material, random)
            middle = round(x + random.integers(-20, 21)), round(y + random.integers(-20, 21))
            set_in(canvas, face_picture(path), side, middle)
            faces.append(Face(who, *middle))
        yield Photo(grain(canvas, random, GRAIN), faces)


def _anybody(material: Material, random: np.random.Generator) -> tuple[str, Path]:
    """A face by chance, every fourth a stranger's."""
    if material.strangers and random.random() < 0.25:
        path = material.strangers[int(random.integers(len(material.strangers)))]
        return path.parent.name, path
    who = sorted(material.known)[int(random.integers(len(material.known)))]
    return who, material.known[who][int(random.integers(len(material.known[who])))]


Maker = Callable[[Material, int, np.random.Generator], Iterator[Photo]]
MAKERS: dict[str, Maker] = {"small": small, "medium": medium, "phone": phone, "group": group}
