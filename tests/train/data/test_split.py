"""Who is learned from and who judges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import SettingsError
from facecluster.train.config import DataConfig
from facecluster.train.data.split import split
from tests.support.made_sets import pictures_of

COUNTS = st.lists(st.integers(2, 20), min_size=4, max_size=12)
CONFIG = DataConfig("made")


def labels_of(counts: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(0, 5), st.floats(0.05, 0.95), st.floats(0, 0.9))
def test_every_row_is_in_one_part(
    counts: list[int], seed: int, share: float, holdout: float
) -> None:
    pictures = pictures_of(labels_of(counts))
    config = DataConfig("made", val_share=share, holdout=holdout)
    parts = split(pictures, config, seed)
    everything = np.concatenate([parts.train, parts.holdout, parts.unseen])
    assert np.array_equal(np.sort(everything), np.arange(len(pictures)))
    for rows in (parts.train, parts.holdout, parts.unseen):
        assert (np.diff(rows) > 0).all()
    unseen, seen = set(pictures.labels[parts.unseen]), set(pictures.labels[parts.train])
    assert not unseen & seen
    assert set(pictures.labels[parts.holdout]) <= seen
    assert len(unseen) >= 2
    assert len(seen) >= 2
    for label in seen:
        held = (pictures.labels[parts.holdout] == label).sum()
        assert held == 0 if counts[label] < 5 or holdout == 0 else held >= 1
        assert (pictures.labels[parts.train] == label).sum() >= 2
    again = split(pictures, config, seed)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(
            (parts.train, parts.holdout, parts.unseen),
            (again.train, again.holdout, again.unseen),
            strict=True,
        )
    )


def test_shares_are_kept_and_seeds_differ() -> None:
    pictures = pictures_of(labels_of([20] * 20))
    parts = split(pictures, CONFIG, 1)
    assert (len(parts.train), len(parts.holdout), len(parts.unseen)) == (288, 32, 80)
    drawn = {tuple(np.unique(pictures.labels[split(pictures, CONFIG, s).unseen])) for s in range(9)}
    assert len(drawn) > 5


def test_named_classes_are_unseen() -> None:
    pictures = pictures_of(labels_of([3] * 6))
    parts = split(pictures, DataConfig("made", val_classes=("c001", "c004")), 0)
    assert set(pictures.labels[parts.unseen]) == {1, 4}


def test_the_habit_of_a_set() -> None:
    pictures = pictures_of(labels_of([10] * 6), own_val=("c003", "c005"))
    parts = split(pictures, CONFIG, 0)
    assert set(pictures.labels[parts.unseen]) == {3, 5}
    assert len(parts.holdout) == 8  # a fifth of four times ten


def test_a_habit_that_leaves_too_little_is_forgotten() -> None:
    pictures = pictures_of(labels_of([10] * 4), own_val=("c001", "c002", "c003"))
    assert len(set(pictures.labels[split(pictures, CONFIG, 0).unseen])) == 2


def test_pairs_of_other_pictures_leave_all_classes_to_learn_from(tmp_path: Path) -> None:
    pictures = pictures_of(labels_of([6, 6]))
    config = DataConfig("made", pairs=tmp_path / "pairs.txt", pairs_images=tmp_path)
    parts = split(pictures, config, 0)
    assert len(parts.unseen) == 0
    assert set(pictures.labels[parts.train]) == {0, 1}


def test_pictures_of_the_pairs_are_not_learned_from(tmp_path: Path) -> None:
    pictures = pictures_of(labels_of([6, 6]))
    config = DataConfig("made", pairs=tmp_path / "pairs.txt")
    kept = pictures.names[:3] + pictures.names[6:8]
    parts = split(pictures, config, 0, kept)
    used = {pictures.names[row] for row in (*parts.train, *parts.holdout)}
    assert used == set(pictures.names) - set(kept)
    with pytest.raises(SettingsError, match=r"fewer than 2 classes are left.*`data.pairs_images`"):
        split(pictures, config, 0, pictures.names[:5])


@pytest.mark.parametrize("classes", [2, 3])
def test_too_few_classes(classes: int) -> None:
    with pytest.raises(SettingsError, match=f"has {classes} classes, and 4 are needed"):
        split(pictures_of(labels_of([5] * classes)), CONFIG, 0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("c001", "nobody"), "no class 'nobody'; known are c000, c001, c002, c003, c004 …"),
        (("c001",), "name at least 2"),
        (("c001", "c001"), "name at least 2"),
        (tuple(f"c00{n}" for n in range(5)), "at least 2 classes must be left"),
    ],
)
def test_bad_names(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        split(pictures_of(labels_of([3] * 6)), DataConfig("made", val_classes=names), 0)
