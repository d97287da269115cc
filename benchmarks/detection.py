"""Which faces are found: counts on real photos, and recall by the size of a face.

    python -m benchmarks.detection [FOLDER]

Without a FOLDER: ../shared/data/photos. Photos in `counts/` say in their name how many faces they
show (`_5`, `_0`; `_A` is one). For recall, the faces found in any photo at full size with a score
of 0.85 or more are the truth, and each photo is then looked at in ever smaller working sizes: how
wide must a face be there to be found?
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster.faces.detect import WORKING_SIZE, Detector, non_maximum_suppression
from facecluster.photos.read import decode, load
from facecluster.records import Floats, Picture

PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "data" / "photos"
SIZES = (120, 160, 200, 240, 320, 400, 480, 640, 800)
WIDTHS = (7, 9, 11, 13, 15, 17, 20, 25, 35, 60, 250)
SURE = 0.85
DECODED = 1600


def overlap(a: Floats, b: Floats) -> NDArray[np.float64]:
    """Intersection over union of all boxes, [N, M]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=-1)
    areas = np.prod(a[:, 2:], axis=1)[:, None] + np.prod(b[:, 2:], axis=1)[None]
    return np.asarray(both / (areas - both), np.float64)


def detect(detector: Detector, picture: Picture, size: int) -> tuple[Floats, Floats]:
    detector.working_size = size
    found = detector.detect(picture)
    return found.boxes, found.scores


def counts(folder: Path) -> None:
    """A line a level of detail: how many photos have the right number of faces."""
    pictures = {p.name: decode(load(p), DECODED) for p in sorted(folder.glob("*.jpg"))}
    for detail in WORKING_SIZE:
        detector, off, start = Detector(detail, "cpu"), [], time.perf_counter()
        for name, picture in pictures.items():
            tail = Path(name).stem.split("_")[1]
            wanted = int(tail) if tail.isdigit() else 1
            off.append(abs(len(detector.detect(picture)) - wanted))
        took = (time.perf_counter() - start) / max(len(pictures), 1) * 1e3
        exact, near = sum(o == 0 for o in off), sum(o <= 1 for o in off)
        print(
            f"{detail:>7} ({detector.working_size} px): {exact} of {len(off)} counts exact, "
            f"{near} within one, {took:.0f} ms a photo"
        )


def recall(files: list[Path]) -> None:
    """Share of the sure faces that are found, by their width at the working size."""
    detector = Detector(device="cpu")
    widths: list[float] = []
    hits: list[bool] = []
    for path in files:
        picture = decode(load(path), DECODED)
        long_side = max(picture.width, picture.height)
        seen = [detect(detector, picture, size) for size in (640, 1024, DECODED)]
        boxes, scores = (np.concatenate(parts) for parts in zip(*seen, strict=True))
        sure = scores >= SURE
        truth = boxes[sure][non_maximum_suppression(boxes[sure], scores[sure])]
        for size in SIZES:
            if size > long_side or not len(truth):
                continue
            found, _ = detect(detector, picture, size)
            match = (overlap(truth, found) > 0.4).any(axis=1)
            widths += (truth[:, 2] * size / long_side).tolist()
            hits += [bool(hit) for hit in np.atleast_1d(match)]
    for low, high in pairwise(WIDTHS):
        inside = [hit for width, hit in zip(widths, hits, strict=True) if low <= width < high]
        if inside:
            print(f"{low:>4} to {high} px wide: {np.mean(inside):.3f} of {len(inside)} found")


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PHOTOS
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not files:
        print(f"{folder}: no photos there; name a folder of photos")
        return 1
    if (folder / "counts").is_dir():
        counts(folder / "counts")
    recall(files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
