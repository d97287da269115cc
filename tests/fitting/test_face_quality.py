"""Whether an embedding finds its own person, by hand, and what pictures are made of one."""

from __future__ import annotations

import numpy as np

from benchmarks.common.worsen import CUTS, LIGHTS, WIDTHS
from facecluster.records import Picture
from fitting.face_quality import WHOLE, finds_own, worsened


def test_a_face_is_asked_for_the_centre_that_was_made_without_it() -> None:
    """Person 0 lies along x but for one picture along y, where person 1 is."""
    x, y = np.eye(2, dtype=np.float32)
    embeddings = np.stack([x, y, x, y, y, y, y, y, x])
    people = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    whole = np.array([True, False, True, True, True, False, True, True, False])
    # Pictures: x with a worse copy that looks like the other person, x, y; then y with a copy that
    # does not change, y, y with a copy that looks like the other person.
    right = finds_own(people, whole, embeddings)
    assert right.tolist() == [True, False, True, False, True, True, True, True, False]


def test_every_kind_of_harm_is_done_to_a_large_face(rng: np.random.Generator) -> None:
    picture = Picture(rng.integers(0, 256, (200, 300, 3)).astype(np.uint8), 300, 200)
    box = np.array([80, 40, 100, 120], np.float32)
    made = dict(worsened(picture, box, seed=1))
    assert made[WHOLE] is picture
    assert len([name for name in made if name.endswith(" px")]) == len(WIDTHS)
    assert len([name for name in made if name.startswith("cut")]) == len(CUTS)
    for light in LIGHTS:
        assert made[f"light {light}"].pixels.mean() < 2 * light * picture.pixels.mean()
    small = dict(worsened(picture, box / 5, seed=1))  # 20 px wide: only made smaller than that
    assert [name for name in small if name.endswith(" px")] == ["16 px"]
