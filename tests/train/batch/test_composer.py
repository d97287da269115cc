"""Which pictures batches show: a function of seed, epoch and place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facecluster.train.batch.composer import Composer
from facecluster.train.batch.signs import SIGN_TUNING, WHOLE, Batch
from facecluster.train.config import DataConfig, TrainConfig
from facecluster.train.material import Material
from tests.support.made_material import made_material

CONFIG = TrainConfig(DataConfig("made"), classes=3, pictures=4, signs=True)


@pytest.fixture(scope="module")
def material() -> Material:
    return made_material()


def composer(material: Material, config: TrainConfig = CONFIG, shortest: int = 1) -> Composer:
    return Composer(config, material, shortest, SIGN_TUNING)


def test_an_epoch_goes_on_where_it_was(material: Material) -> None:
    made = composer(material)
    whole = [rows.tolist() for rows in made.left(2, 0)]
    assert len(whole) == made.batches_per_epoch == 3
    for done in range(4):
        assert [rows.tolist() for rows in composer(material).left(2, done)] == whole[done:]
    assert [rows.tolist() for rows in made.left(3, 0)] != whole


@pytest.mark.parametrize(("shortest", "passes"), [(1, 1), (3, 1), (6, 2), (50, 16)])
def test_small_sets_are_passed_several_times(
    material: Material, shortest: int, passes: int
) -> None:
    once, often = composer(material), composer(material, shortest=shortest)
    assert often.batches_per_epoch == 3 * passes
    found = [rows.tolist() for rows in often.left(1, 0)]
    expected = [r.tolist() for number in range(passes, 2 * passes) for r in once.left(number, 0)]
    assert found == expected


def shown(batch: Batch) -> list[list[int]]:
    return [getattr(batch, name).tolist() for name in Batch.__dataclass_fields__]


def test_signs_where_they_are_wanted_and_can_be_learnt(material: Material) -> None:
    made = composer(material)
    rows = next(made.left(0, 0))
    signs = made.compose(rows, "triplet", 0, 0)
    assert (signs.ways > 0).any()
    plain = made.compose(rows, "arcface", 0, 0)
    assert (plain.halves == WHOLE).all()
    assert not plain.ways.any()
    np.testing.assert_array_equal(plain.rows, material.train_rows[rows])
    np.testing.assert_array_equal(plain.labels, material.train_labels[rows])
    without = composer(material, replace(CONFIG, signs=False)).compose(rows, "triplet", 0, 0)
    assert shown(without) == shown(plain)


def test_signs_are_a_function_of_seed_and_place(material: Material) -> None:
    made = composer(material)
    rows = next(made.left(0, 0))
    first = shown(made.compose(rows, "triplet", 4, 2))
    assert shown(composer(material).compose(rows, "triplet", 4, 2)) == first
    other = composer(material, replace(CONFIG, seed=1))
    for different in (
        made.compose(rows, "triplet", 4, 3),
        made.compose(rows, "triplet", 5, 2),
        other.compose(rows, "triplet", 4, 2),
    ):
        assert shown(different) != first
