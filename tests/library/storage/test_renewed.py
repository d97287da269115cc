"""Readings of an earlier reader stay where they would be the same, and only there."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.library.index import Index
from facecluster.library.storage.renewed import EarlierReader
from facecluster.records import FaceBatch
from tests.support.readings import READER, digest_of, file, make_faces, paths, reading

EARLIER = EarlierReader("0/detector/embedder", 0.9)


def scored(rng: np.random.Generator, *scores: float) -> FaceBatch:
    faces = make_faces(rng, len(scores))
    return replace(faces, detections=replace(faces.detections, scores=np.float32(scores)))


@pytest.fixture
def filled(db: Path, rng: np.random.Generator) -> Path:
    """A sure face; only poor ones; no face; a sure one in a panorama; a photo that is damaged."""
    with Index(db, EARLIER.id) as index:
        index.add(
            [
                reading("good.jpg", "good", scored(rng, 0.95, 0.3)),
                reading("poor.jpg", "poor", scored(rng, 0.89, 0.8)),
                reading("none.jpg", "none", scored(rng)),
                replace(reading("wide.jpg", "wide", scored(rng, 0.95)), width=9000, height=800),
                replace(reading("bad.jpg", "gone", scored(rng)), faces=None, problem="damaged"),
            ]
        )
    return db


FILES = [file(f"{name}.jpg") for name in ("good", "poor", "none", "wide", "bad")]


def test_only_what_would_be_the_same_stays(filled: Path) -> None:
    for _ in range(2):  # the second time from what was entered the first
        with Index(filled, READER, earlier=EARLIER) as index:
            unread = paths(index.unread(FILES))
            assert unread == ["poor.jpg", "none.jpg", "wide.jpg", "bad.jpg"]
            assert index.digests() == {digest_of("good")}
            photos, faces = index.load(FILES[:1], {})
            assert photos[0].problem is None
            assert faces.scores.tolist() == pytest.approx([0.95, 0.3])


def test_a_reader_without_an_earlier_one_reads_all_again(filled: Path) -> None:
    with Index(filled, READER) as index:
        assert len(index.unread(FILES)) == len(FILES)


def test_other_readers_stay_others(filled: Path) -> None:
    with Index(filled, READER, earlier=EarlierReader("another", 0.0)) as index:
        assert len(index.unread(FILES)) == len(FILES)


def test_damage_is_not_vouched_for(filled: Path) -> None:
    database = sqlite3.connect(filled)
    with database:
        database.execute("UPDATE content SET faces = 1 WHERE digest = ?", (digest_of("good"),))
    database.close()
    with Index(filled, READER, earlier=EARLIER) as index:
        assert paths(index.unread(FILES[:1])) == ["good.jpg"]


def test_a_dry_run_changes_nothing(filled: Path) -> None:
    with Index(filled, READER, keep=False, earlier=EARLIER) as index:
        assert len(index.unread(FILES)) == len(FILES) - 1
    with Index(filled, EARLIER.id) as index:
        assert paths(index.unread(FILES)) == ["bad.jpg"]
