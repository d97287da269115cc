"""Fit the numbers of facecluster/faces/quality.py: when does an embedding find its own person?

Takes a folder of people (one folder per person, at least four pictures each). Every picture is read
as it is, shrunk, blurred, darkened and cut; each face is asked whether its person's centre (made
without it, from the pictures as they are) is nearer than any other person's.

    python -m fitting.face_quality PEOPLE_DIR [--pictures 24]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.common.worsen import (
    BLURS,
    CUTS,
    LIGHTS,
    WIDTHS,
    blurred,
    cut,
    dimmed,
    shrunk,
)
from facecluster.embed.embedder import Embedder
from facecluster.faces.align import align, inside
from facecluster.faces.detect import DETECTION, Detector, take
from facecluster.faces.quality import clarity, features, head_turn
from facecluster.faces.refine import refine
from facecluster.photos.read import decode, load
from facecluster.records import Picture

NAMES = ("consistency", "score", "size", "turn", "sharpness", "contrast", "inside")
WHOLE = "as it is"
Row = tuple[int, str, list[float], NDArray[np.float32]]


def worsened(
    picture: Picture, box: NDArray[np.float32], seed: int
) -> Iterator[tuple[str, Picture]]:
    """The picture as it is, then smaller, blurred, darker and cut. box: its face, in px."""
    face = float(box[2:].min())
    yield WHOLE, picture
    for share in CUTS:
        yield f"cut {share}", cut(picture, box, share, seed % 4)
    for width in WIDTHS:
        if width < face:
            yield f"{width} px", shrunk(picture, width / face)
    for blur in BLURS:
        yield f"blur {blur}", blurred(picture, blur * face)
    noise = np.random.default_rng(seed)
    for light in LIGHTS:
        yield f"light {light}", dimmed(picture, light, noise)


def rows(folder: Path, pictures: int) -> Iterator[Row]:
    """Person, kind of harm, features and embedding of the surest face of each picture."""
    detector, embedder = Detector(tuning=replace(DETECTION, score=0.5)), Embedder(None, "cpu")
    template = np.asarray(embedder.spec.template, np.float32)
    people = sorted(path for path in folder.iterdir() if path.is_dir())
    for person, path in enumerate(people):
        for seed, file in enumerate(sorted(path.iterdir())[:pictures]):
            whole = decode(load(file), 1600)
            first = detector.detect(whole)
            if not len(first):
                continue
            for kind, picture in worsened(whole, first.boxes[0], seed):
                found = detector.detect(picture)
                if not len(found):
                    continue
                surest = take(found, np.zeros(1, np.int32))
                marks = refine(detector, picture, surest).landmarks
                crop = align(picture.pixels, marks, template, embedder.spec.crop_size)
                embedding, consistency = embedder.embed(crop)
                sizes = found.boxes[:1, 2:].min(axis=1)
                covered = inside(picture.width, picture.height, marks, template, crop.shape[1])
                clear = clarity(crop, covered)
                seen = features(found.scores[:1], sizes, head_turn(marks), clear, consistency)
                yield person, kind, seen[0].tolist(), embedding[0]


def finds_own(
    people: NDArray[np.int64], whole: NDArray[np.bool_], embeddings: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Is the centre of the own person, made without this picture, the nearest? bool [N]."""
    count = int(people.max()) + 1
    sums = np.zeros((count, embeddings.shape[1]))
    np.add.at(sums, people[whole], embeddings[whole])
    picture = np.cumsum(whole) - 1  # the worse copies follow their picture
    originals = embeddings[whole][picture]
    right = np.empty(len(people), bool)
    for i, person in enumerate(people):
        centres = sums.copy()
        centres[person] -= originals[i]
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        right[i] = int((centres @ embeddings[i]).argmax()) == person
    return right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", type=Path, help="a folder of people, a folder of pictures each")
    parser.add_argument("--pictures", type=int, default=24, help="at most so many of each person")
    options = parser.parse_args()
    if not options.people.is_dir():
        print(f"{options.people}: not a folder; give one with a folder of pictures per person")
        return 1
    people, kinds, seen, embeddings = map(
        np.array, zip(*rows(options.people, options.pictures), strict=True)
    )
    right = finds_own(people, kinds == WHOLE, embeddings)
    # Halves of the people: fit on one, judge on the other; then the shipped numbers from all.
    odd = people % 2 == 1
    for fit, judge in ((odd, ~odd), (~odd, odd)):
        model = LogisticRegression(C=10, max_iter=5000).fit(seen[fit], right[fit])
        chance = model.predict_proba(seen[judge])[:, 1]
        print(
            f"unseen people: AUC {roc_auc_score(right[judge], chance):.3f}, "
            f"log loss {log_loss(right[judge], chance):.3f}"
        )
    model = LogisticRegression(C=10, max_iter=5000).fit(seen, right)
    chance = model.predict_proba(seen)[:, 1]
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.0)):
        inside = (chance >= low) & (chance < high)
        share = right[inside].mean() if inside.any() else float("nan")
        print(
            f"quality {low:.2f}-{high:.2f}: {inside.sum():5d} faces, {share:.3f} find their person"
        )
    for kind in dict.fromkeys(kinds.tolist()):
        inside = kinds == kind
        print(f"{kind:>10}: {inside.sum():5d} faces, {right[inside].mean():.3f} find their person")
    print(dict(zip(NAMES, np.round(model.coef_[0], 4).tolist(), strict=True)))
    print(f"intercept {model.intercept_[0]:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
