"""Does our detector graph find what OpenCV's own YuNet code finds?

cv2.FaceDetectorYN runs the published file with its own decoding and suppression, and is the peer.
Both get the same pixels. The pictures are those of ../shared/data/photos where that folder is
there, else the two portraits that scikit-image and matplotlib ship.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.faces.detect import DETECTION, STRIDE, non_maximum_suppression
from facecluster.photos.read import decode, load
from facecluster.runtime import session

PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "data" / "photos"
LONG_SIDE = 1024  # px at which both look
IOU = 0.3  # overlap of boxes above which the weaker one is dropped, by both

# Rows [K, 15] of a model's content and RGB pixels: box, five points, score.
Finder = Callable[[bytes, NDArray[np.uint8]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ProofLimits:
    """The largest differences from OpenCV. box: of a side or a point, in px. score: of 0 to 1."""

    box: float = 1.0
    score: float = 1e-3


def pictures() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Name and RGB pixels."""
    if PHOTOS.is_dir():
        for path in sorted(p for p in PHOTOS.rglob("*") if p.is_file()):
            yield path.name, decode(load(path), LONG_SIDE).pixels
        return
    from matplotlib import cbook
    from skimage import data

    yield "astronaut", np.asarray(data.astronaut())
    hopper = Path(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
    yield "grace hopper", decode(load(hopper), LONG_SIDE).pixels


def canvas(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """At most LONG_SIDE px, sides cut to whole strides, so that neither side pads."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, LONG_SIDE / max(height, width))
    sides = [max(STRIDE, int(side * shrink) // STRIDE * STRIDE) for side in (width, height)]
    return np.asarray(cv2.resize(pixels, sides, interpolation=cv2.INTER_AREA), np.uint8)


def peer(source: Path, pixels: NDArray[np.uint8]) -> NDArray[Any]:
    """OpenCV's rows [K, 15]: box, five points, score; best score first."""
    height, width = pixels.shape[:2]
    detector = cv2.FaceDetectorYN.create(str(source), "", (width, height), DETECTION.score, IOU)
    found = detector.detect(np.ascontiguousarray(pixels[..., ::-1]))[1]
    return np.zeros((0, 15), np.float32) if found is None else np.asarray(found)


def ours(model: bytes, pixels: NDArray[np.uint8]) -> NDArray[Any]:
    """The same from our graph and our suppression."""
    feed = {"pixels": pixels[None], "threshold": np.array([DETECTION.score], np.float32)}
    _, boxes, landmarks, scores = session(model, "cpu").run(None, feed)
    keep = non_maximum_suppression(boxes, scores, IOU)
    rows = [boxes[keep], landmarks[keep].reshape(-1, 10), scores[keep, None]]
    return np.concatenate(rows, axis=1)


def prove(
    model: bytes, source: Path, limits: ProofLimits = ProofLimits(), finder: Finder = ours
) -> bool:
    """Compare both on every picture; prints the largest differences, and tells whether the same
    faces are found and all is within limits. finder: how the model is asked."""
    faces, photos, box_gap, score_gap, bad = 0, 0, 0.0, 0.0, []
    for name, pixels in pictures():
        seen = canvas(pixels)
        theirs, found = peer(source, seen), finder(model, seen)
        photos, faces = photos + 1, faces + len(theirs)
        if len(theirs) != len(found):
            bad.append(f"{name}: OpenCV finds {len(theirs)} faces, ours {len(found)}")
            continue
        for row in theirs:
            nearest = found[np.abs(found[:, :4] - row[:4]).max(axis=1).argmin()]
            box_gap = max(box_gap, float(np.abs(nearest[:14] - row[:14]).max()))
            score_gap = max(score_gap, float(abs(nearest[14] - row[14])))
    print(
        f"{faces} faces in {photos} pictures as cv2.FaceDetectorYN finds them: boxes and landmarks "
        f"within {box_gap:.4f} px, scores within {score_gap:.6f}"
    )
    print("\n".join(bad), end="\n" if bad else "")
    return faces > 0 and not bad and box_gap <= limits.box and score_gap <= limits.score
