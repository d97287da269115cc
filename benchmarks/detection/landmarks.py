"""What steadier landmarks are worth: the same faces cut by the first and by the refined points.

    python -m benchmarks.detection.landmarks [FOLDER] [--model FILE] [--json FILE]

FOLDER holds one folder of pictures per person; without one: ../shared/data/pins44. The middle face
of each picture is cut twice. Printed for both: the share of all same pairs that are accepted where
a given share of all different pairs is; the jitter, which is how far the points move when the
picture is shrunk to SHRINK, in eye distances, median over the faces; and what the step costs per
face, in ms of one thread, median.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.common.places import PINS
from facecluster.embed.embedder import Embedder
from facecluster.errors import FaceclusterError
from facecluster.evaluate.verification.folds import true_accepts
from facecluster.faces.align import align
from facecluster.faces.detect import Detector, take
from facecluster.faces.portraits import middle_face
from facecluster.faces.refine import refine
from facecluster.reading import read_picture
from facecluster.records import Floats, Picture

RATES = (1e-4, 1e-3, 1e-2)
SHRINK = 0.8


class Cutting:
    """The first and the refined points of one face per picture, and the clock."""

    def __init__(self, model: Path | None) -> None:
        self.detector, self.embedder = Detector(device="cpu"), Embedder(model, "cpu")
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def points(self, picture: Picture) -> dict[str, Floats] | None:
        """float32 [1, 5, 2] in photo px each, None without a face."""
        found = self.detector.detect(picture)
        if not len(found):
            return None
        first = take(found, np.array([middle_face(found, picture)], np.int32))
        start = time.perf_counter()
        steady = refine(self.detector, picture, first)
        self.seconds["refine"].append(time.perf_counter() - start)
        return {"first": first.landmarks, "refined": steady.landmarks}

    def embedding(self, picture: Picture, points: Floats) -> Floats:
        """float32 [D]."""
        spec = self.embedder.spec
        marks = (points / np.asarray(picture.scale)).astype(np.float32)
        crops = align(picture.pixels, marks, np.asarray(spec.template, np.float32), spec.crop_size)
        start = time.perf_counter()
        row: Floats = self.embedder.embed(crops)[0][0]
        self.seconds["embed"].append(time.perf_counter() - start)
        return row


def shrunk(picture: Picture) -> Picture:
    """The same photo, decoded smaller."""
    height, width = picture.pixels.shape[:2]
    size = max(1, round(width * SHRINK)), max(1, round(height * SHRINK))
    pixels = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    return Picture(np.asarray(pixels, np.uint8), picture.width, picture.height)


def moved(one: Floats, other: Floats) -> float:
    """Mean distance of the points of one face, in its eye distances. [1, 5, 2] each."""
    eyes = np.linalg.norm(one[0, 1] - one[0, 0])
    return float(np.linalg.norm(one - other, axis=2).mean() / max(eyes, 1e-6))


def accepted(embeddings: Floats, people: list[str]) -> list[float]:
    """True-accept rate over all pairs at each of RATES."""
    one, other = np.triu_indices(len(people), 1)
    who = np.unique(people, return_inverse=True)[1]
    distances = (1 - embeddings @ embeddings.T)[one, other]
    return [true_accepts(distances, who[one] == who[other], rate) for rate in RATES]


def measure(folder: Path, model: Path | None) -> list[dict[str, Any]]:
    """A row for the first points, and one for the refined."""
    cutting, people = Cutting(model), []
    embeddings: dict[str, list[Floats]] = defaultdict(list)
    jitter: dict[str, list[float]] = defaultdict(list)
    for path in sorted(folder.glob("*/*.jpg")):
        picture = read_picture(path, cutting.embedder.spec)
        points, again = cutting.points(picture), cutting.points(shrunk(picture))
        if points is None:
            continue
        people.append(path.parent.name)
        for name, marks in points.items():
            embeddings[name].append(cutting.embedding(picture, marks))
            if again is not None:
                jitter[name].append(moved(marks, again[name]))
    if not people:
        return []
    refining, embedding = (float(np.median(cutting.seconds[k])) * 1e3 for k in ("refine", "embed"))
    return [
        {
            "landmarks": name,
            "faces": len(people),
            "tar": dict(zip(RATES, accepted(np.stack(rows), people), strict=True)),
            "jitter": float(np.median(jitter[name])),
            "ms": refining if name == "refined" else 0.0,
            "ms_embedding": embedding,
        }
        for name, rows in embeddings.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=PINS)
    parser.add_argument("--model", type=Path, help="an ONNX embedder, instead of the shipped one")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    try:
        rows = measure(options.folder, options.model)
    except FaceclusterError as error:
        print(error, file=sys.stderr)
        return 1
    if not rows:
        print(f"{options.folder}: no faces there; name one with a folder of pictures per person")
        return 1
    for row in rows:
        tar = "  ".join(f"{value:.4f} at {rate:.0e}" for rate, value in row["tar"].items())
        print(
            f"{row['landmarks']:>8}: {tar}  jitter {row['jitter']:.3f}  {row['ms']:.2f} ms per face"
            f" (embedding: {row['ms_embedding']:.2f})"
        )
    if options.json:
        options.json.write_text(json.dumps({"landmarks": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
