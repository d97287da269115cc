"""Faces after alterations: usual ones stay trusted, odd ones are noticed, whoever they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.common.altered.kinds import USUAL, altered
from facecluster.cluster.tuning import DEFAULT
from facecluster.config import ReadConfig
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.quality import quality
from facecluster.photos.read import decode, load
from facecluster.reading import Reader
from facecluster.records import FaceBatch, Picture, Pixels

PEOPLE = 32  # of LFW
# Of every family one that the fit knows, and three that it does not.
NOTICED = ("flash", "cartoon", "negative", "eye bar", "anaglyph", "scratched", "glitch")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ReadConfig(device="cpu"))


def middle(reader: Reader, pixels: Pixels) -> tuple[FaceBatch, int] | None:
    """What the photo gave, and which face is nearest to its middle."""
    height, width = pixels.shape[:2]
    batch = reader.faces(Picture(pixels, width, height))
    if not len(batch):
        return None
    extents = np.array([[width, height]], np.float64)
    row = middle_faces(np.zeros(len(batch), np.int32), batch.detections.boxes, extents)
    return batch, int(row[0])


def trust(batch: FaceBatch, row: int) -> float:
    found = batch.detections
    sizes = found.boxes[:, 2:].min(axis=1)
    told = quality(found.scores, found.landmarks, sizes, batch.clarity, batch.consistency)
    return float(told[row])


@pytest.mark.parametrize("kind", [kind for kind in USUAL if kind != "soft"])
def test_usual_changes_leave_a_good_face_trusted(kind, reader, astronaut, hopper) -> None:
    for pixels in (astronaut, hopper):
        plain = middle(reader, pixels)
        marks = plain[0].detections.landmarks[plain[1]]
        batch, row = middle(reader, altered(kind, pixels, marks, "a.jpg"))
        assert trust(batch, row) >= DEFAULT.gate.trusted


@pytest.mark.realdata
def test_odd_alterations_lower_consistency_on_the_whole(reader, shared_data: Path) -> None:
    """On people that nothing was fitted to: far below theirs as they are."""
    fitted = {
        line.split("\t")[0]
        for line in (shared_data / "lfw" / "peopleDevTrain.txt").read_text("utf-8").splitlines()
    }
    folders = sorted((shared_data / "lfw" / "images").iterdir())
    folders = [folder for folder in folders if folder.name not in fitted][:: len(folders) // 80]
    plain, told = [], {kind: [] for kind in NOTICED}
    for folder in folders[:PEOPLE]:
        pixels = decode(load(sorted(folder.glob("*.jpg"))[0]), 250).pixels
        batch, row = middle(reader, pixels)
        plain.append(batch.consistency[row])
        for kind in NOTICED:
            marks = batch.detections.landmarks[row]
            found = middle(reader, altered(kind, pixels, marks, folder.name))
            if found is not None:
                told[kind].append(found[0].consistency[found[1]])
    assert np.median(plain) > 0.97
    assert np.mean(np.array(plain) < 0.93) < 0.1
    for kind, values in told.items():
        assert np.mean(np.array(values) < 0.93) > 0.25, kind
