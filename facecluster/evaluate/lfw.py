"""Labeled Faces in the Wild: its lists, and one aligned crop a picture.

Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", UMass Amherst TR 07-49, 2007.
Lists and folders in this layout (NAME/NAME_0001.jpg) serve other sets as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError
from facecluster.faces.align import align
from facecluster.faces.detect import Detector
from facecluster.records import Detections, Floats, Picture, Pixels

FAINT_SCORE = 0.3  # where nothing better is found: a portrait does show a face


@dataclass(frozen=True, slots=True)
class Pairs:
    """Verification pairs: picture names `NAME/NAME_0001.jpg`, same bool [P], fold int [P]."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    same: NDArray[np.bool_]
    fold: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)


def picture_name(person: str, number: str | int) -> str:
    return f"{person}/{person}_{int(number):04d}.jpg"


def read_pairs(path: Path) -> Pairs:
    """Read pairs.txt (View 2: folds and pairs a fold) or pairsDev*.txt (one fold).

    The first line counts: `folds pairs` or `pairs`; each fold has that many same pairs, then as
    many different ones. Raises FaceclusterError when the lines are not those that it announces.
    """
    lines = _lines(path)
    counts = [int(field) for field in lines[0]]
    folds, each = counts if len(counts) == 2 else (1, counts[0])
    if len(lines) - 1 != folds * each * 2:
        raise FaceclusterError(f"{path}: {folds * each * 2} pairs announced, {len(lines) - 1} read")
    first, second, same = [], [], []
    for fields in lines[1:]:
        same.append(len(fields) == 3)
        first.append(picture_name(fields[0], fields[1]))
        second.append(picture_name(fields[0 if len(fields) == 3 else 2], fields[-1]))
    fold = np.repeat(np.arange(folds), each * 2)
    return Pairs(tuple(first), tuple(second), np.array(same), fold)


def read_people(path: Path) -> list[str]:
    """Picture names of everybody in a peopleDev*.txt list: `NAME count` a line, sizes apart."""
    people = [fields for fields in _lines(path) if len(fields) == 2]
    return [picture_name(name, i + 1) for name, count in people for i in range(int(count))]


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error.strerror or error})") from error
    return [line.split() for line in text.splitlines() if line.strip()]


class PortraitReader:
    """Crops of the middle face of portraits, as an embedder wants them."""

    def __init__(self, threads: int = 1) -> None:
        self._detectors = [
            Detector(threads=threads, device="cpu"),
            Detector(threads=threads, device="cpu", score_threshold=FAINT_SCORE),
        ]

    def landmarks(self, picture: Picture) -> Floats | None:
        """float32 [5, 2] in photo px of the face nearest the middle, None when there is none."""
        for detector in self._detectors:
            found = detector.detect(picture)
            if len(found):
                points: Floats = found.landmarks[_middle(found, picture)]
                return points
        return None

    def crops(
        self, folder: Path, names: Sequence[str], spec: ModelSpec
    ) -> Iterator[tuple[Pixels, bool]]:
        """One uint8 [S, S, 3] crop a picture, and whether a face was found.

        Without a face the middle three fifths of the picture stand in for it.
        """
        template = np.array(spec.template, np.float32)
        for name in names:
            picture = _read(folder / name)
            points = self.landmarks(picture)
            if points is None:
                yield _middle_part(picture.pixels, spec.crop_size), False
            else:
                yield align(picture.pixels, points[None], template, spec.crop_size)[0], True


def _middle(found: Detections, picture: Picture) -> int:
    """The face whose centre is nearest the picture's, measured in widths of that face."""
    centres = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    away = np.hypot(*(centres - (picture.width / 2, picture.height / 2)).T)
    return int(np.argmin(away / found.boxes[:, 2]))


def _read(path: Path) -> Picture:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    return Picture(pixels, width=pixels.shape[1], height=pixels.shape[0])


def _middle_part(pixels: Pixels, size: int) -> Pixels:
    height, width = pixels.shape[:2]
    box = (width * 0.2, height * 0.2, width * 0.8, height * 0.8)
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR, box))
