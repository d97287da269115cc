"""Corrections of real people: every method obeys them all, and is no less right for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.common.albums import Album, Model, pour
from benchmarks.common.reading import Source, photos_by_person
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import DEFAULT
from facecluster.config import METHODS, ClusterConfig
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.quality import quality
from facecluster.records import Ints
from facecluster.rules import FaceRules

pytestmark = pytest.mark.realdata
LFW_PEOPLE, PINS_PEOPLE, CORRECTIONS = 60, 1, 50


@pytest.fixture(scope="module")
def album(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Album, Model]:
    dice = np.random.default_rng(7)
    source = Source(tmp_path_factory.mktemp("faces"))
    lfw, pins = shared_data / "lfw" / "images", shared_data / "pins44"
    several = [name for name, photos in photos_by_person(lfw).items() if 2 <= photos <= 8]
    some = dice.choice(sorted(several), LFW_PEOPLE, False).tolist()
    few = dice.choice(sorted(photos_by_person(pins)), PINS_PEOPLE, False).tolist()
    return pour([source.album(lfw, some), source.album(pins, few)]), source.model


def corrections(album: Album, seed: int) -> FaceRules:
    """Half of them join faces of one person, some of which are named; half part two people."""
    dice = np.random.default_rng(seed)
    middle = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    shown = np.nonzero(middle >= 0)[0]
    rows, names = middle[shown], np.unique(album.names[shown], return_inverse=True)[1]
    count = len(album.faces)
    same, kept = np.full(count, -1, np.int32), np.zeros(count, bool)
    for person in dice.choice(np.unique(names), CORRECTIONS // 2, False).tolist():
        own = rows[names == person]
        same[dice.choice(own, min(2, len(own)), False)] = person
    kept[same >= 0] = same[same >= 0] % 2 == 0
    pairs = dice.integers(0, len(rows), (10 * CORRECTIONS, 2))
    pairs = pairs[names[pairs[:, 0]] != names[pairs[:, 1]]][: CORRECTIONS // 2]
    return FaceRules(same, rows[pairs].astype(np.int32), np.zeros(count, bool), kept)


def violated(labels: Ints, rules: FaceRules) -> int:
    """How many corrections do not hold."""
    one, other = labels[rules.apart].T
    count = int(((one >= 0) & (one == other)).sum()) + int((labels[rules.kept] < 0).sum())
    for number in np.unique(rules.same[rules.same >= 0]):
        count += len(np.unique(labels[rules.same == number])) > 1
    named = {
        (int(n), int(g)) for n, g in zip(rules.same[rules.kept], labels[rules.kept], strict=True)
    }
    return count + len(named) - len({group for _, group in named})


@pytest.mark.parametrize("method", METHODS)
def test_fifty_true_corrections_hold_and_do_no_harm(method: str, album) -> None:
    photos, model = album
    faces = photos.faces
    curve = FalseAcceptCurve(model.far_table, model.distance, tuning=DEFAULT.curve)
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, faces.consistency)
    config = ClusterConfig(method=method)
    plain = find_people(faces, trust, config, curve)
    before = photos.judge(plain.labels).bcubed.f
    for seed in range(3):
        rules = corrections(photos, seed)
        found = find_people(faces, trust, config, curve, rules=rules)
        assert violated(found.labels, rules) == 0
        assert photos.judge(found.labels).bcubed.f >= before
