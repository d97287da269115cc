"""Which faces are found: counts on real photos, recall by the size of a face and against time.

    python -m benchmarks.detection [FOLDER]

Without a FOLDER: ../shared/data/photos. Photos in `counts/` say in their name how many faces they
show (`_5`, `_0`; `_A` is one). For recall, the faces found in any photo at full size with a score
of 0.85 or more are the truth, and each photo is then looked at in ever smaller working sizes: how
wide must a face be there to be found? Recall against time is measured on these photos and on ones
composed of them: twelve photos in a grid, a portrait with three small photos or with one far away
beside it, and one far away alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.places import PHOTOS
from benchmarks.detection.compose import scenes
from facecluster.faces.detect import LOOKS, Detector, Looks, non_maximum_suppression
from facecluster.photos.read import decode, load
from facecluster.records import Floats, Picture

SIZES = (120, 160, 200, 240, 320, 400, 480, 640, 800)
WIDTHS = (7, 9, 11, 13, 15, 17, 20, 25, 35, 60, 250)
SURE = 0.85
DECODED = 1600
SCENES = 20  # composed photos of each kind
SHARES = (1, 30, 50, 70, 100, 200)


def overlap(a: Floats, b: Floats) -> NDArray[np.float64]:
    """Intersection over union of all boxes, [N, M]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=-1)
    areas = np.prod(a[:, 2:], axis=1)[:, None] + np.prod(b[:, 2:], axis=1)[None]
    return np.asarray(both / (areas - both), np.float64)


def detect(detector: Detector, picture: Picture, size: int) -> tuple[Floats, Floats]:
    """Boxes and scores, by one look at the whole photo at `size` px."""
    detector.looks = Looks(size, size)
    found = detector.detect(picture)
    return found.boxes, found.scores


def sure_faces(detector: Detector, picture: Picture) -> Floats:
    """The boxes that are taken for the truth, float32 [N, 4]."""
    seen = [detect(detector, picture, size) for size in (640, 1024, DECODED)]
    boxes, scores = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    sure = scores >= SURE
    return boxes[sure][non_maximum_suppression(boxes[sure], scores[sure])]


def hits(truth: Floats, found: Floats) -> NDArray[np.bool_]:
    """Which true faces were found, bool [N]."""
    if not len(truth) or not len(found):
        return np.zeros(len(truth), bool)
    return np.asarray((overlap(truth, found) > 0.4).any(axis=1), np.bool_)


def counts(folder: Path) -> None:
    """One line per level of detail: how many photos have the right number of faces."""
    pictures = {p.name: decode(load(p), DECODED) for p in sorted(folder.glob("*.jpg"))}
    for detail in LOOKS:
        detector, off, start = Detector(detail, "cpu"), [], time.thread_time()
        for name, picture in pictures.items():
            tail = Path(name).stem.split("_")[1]
            wanted = int(tail) if tail.isdigit() else 1
            off.append(abs(len(detector.detect(picture)) - wanted))
        took = (time.thread_time() - start) / max(len(pictures), 1) * 1e3
        exact, near = sum(o == 0 for o in off), sum(o <= 1 for o in off)
        print(
            f"{detail:>7} ({detector.looks.first}, {detector.looks.fine} px): "
            f"{exact} of {len(off)} counts exact, {near} within one, {took:.0f} ms per photo"
        )


def recall(pictures: list[Picture]) -> None:
    """Share of the sure faces that are found, by their width at the working size."""
    detector = Detector(device="cpu")
    widths: list[float] = []
    found: list[bool] = []
    for picture in pictures:
        long_side = max(picture.width, picture.height)
        truth = sure_faces(detector, picture)
        for size in SIZES:
            if size > long_side or not len(truth):
                continue
            widths += (truth[:, 2] * size / long_side).tolist()
            found += hits(truth, detect(detector, picture, size)[0]).tolist()
    for low, high in pairwise(WIDTHS):
        inside = [hit for width, hit in zip(widths, found, strict=True) if low <= width < high]
        if inside:
            print(f"{low:>4} to {high} px wide: {np.mean(inside):.3f} of {len(inside)} found")


def against_time(pictures: list[Picture], scenes_each: int) -> None:
    """One line per way to look: recall and milliseconds of one thread, by kind of photo."""
    judge = Detector(device="cpu")
    truth = [(picture, sure_faces(judge, picture)) for picture in pictures]
    kinds = {"as they are": truth} | scenes(truth, scenes_each)
    print(f"{'':<22}" + "".join(f"{kind:>22}" for kind in kinds))
    ways: list[tuple[str, Detector]] = [(name, Detector(name, "cpu")) for name in LOOKS]
    for size in (640, 1024, DECODED):
        one = Detector(device="cpu", looks=Looks(size, size))
        ways.append((f"all at {size} px", one))
    for name, detector in ways:
        cells = [f"{name:<22}"]
        for photos in kinds.values():
            found: list[bool] = []
            start = time.thread_time()
            for picture, boxes in photos:
                found += hits(boxes, detector.detect(picture).boxes).tolist()
            took = (time.thread_time() - start) / max(len(photos), 1) * 1e3
            cells.append(f"{np.mean(found):>13.3f}{took:>6.1f} ms")
        print("".join(cells), flush=True)


def by_share(pictures: list[Picture], scenes_each: int) -> None:
    """Recall in composed photos at `normal`, by the part of the long side that a face is."""
    judge, detector = Detector(device="cpu"), Detector("normal", "cpu")
    truth = [(picture, sure_faces(judge, picture)) for picture in pictures]
    parts: list[float] = []
    found: list[bool] = []
    for photos in scenes(truth, scenes_each).values():
        for picture, boxes in photos:
            parts += (max(picture.width, picture.height) / boxes[:, 2]).tolist()
            found += hits(boxes, detector.detect(picture).boxes).tolist()
    for near, far in pairwise(SHARES):
        inside = [hit for part, hit in zip(parts, found, strict=True) if near <= part < far]
        if inside:
            print(f"1/{near} to 1/{far} of the photo: {np.mean(inside):.3f} of {len(inside)} found")


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", nargs="?", type=Path, default=PHOTOS, metavar="FOLDER")
    folder: Path = options.parse_args().folder
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not files:
        print(f"{folder}: no photos there; name a folder of photos")
        return 1
    if (folder / "counts").is_dir():
        counts(folder / "counts")
    pictures = [decode(load(path), DECODED) for path in files]
    recall(pictures)
    against_time(pictures, SCENES)
    by_share(pictures, SCENES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
