"""Which pictures the batches of a run show. Loads no torch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from facecluster.train.batch.sampler import PKSampler
from facecluster.train.batch.signs import Batch, SignTuning, as_they_are, make_signs
from facecluster.train.config import LossName, TrainConfig
from facecluster.train.material import Material
from facecluster.train.records import Rows


class Composer:
    """The batches of every epoch, each a function of the seed, the epoch and its place in it.

    config: with every None decided. shortest: batches of an epoch, at least about; smaller sets are
    passed several times. signs: of what further classes are made, where the configuration wants
    some.
    """

    def __init__(
        self, config: TrainConfig, material: Material, shortest: int, signs: SignTuning
    ) -> None:
        assert config.classes is not None
        assert config.pictures is not None
        self._material, self._seed = material, config.seed
        self._signs = signs if config.signs else None
        self._sampler = PKSampler(
            material.train_labels, config.classes, config.pictures, config.seed
        )
        self._passes = max(1, shortest // self._sampler.batches_per_epoch)

    @property
    def batches_per_epoch(self) -> int:
        return self._sampler.batches_per_epoch * self._passes

    def left(self, epoch: int, done: int) -> Iterator[Rows]:
        """The batches of an epoch from 0 but for those that are done: rows of the training
        pictures."""
        first = epoch * self._passes
        passes = (self._sampler.epoch(number) for number in range(first, first + self._passes))
        return islice(chain.from_iterable(passes), done, None)

    def compose(self, rows: Rows, loss: LossName, epoch: int, number: int) -> Batch:
        """What the batch of these training pictures shows, the `number`th of its epoch, from 0; on
        all ranks the same.

        arcface learns a direction for each class, and would need one for every sign there is.
        """
        material = self._material
        chosen, labels = material.train_rows[rows], material.train_labels[rows]
        if self._signs is None or loss == "arcface":
            return as_they_are(chosen, labels)
        place = [self._seed, epoch, number]
        return make_signs(chosen, labels, self._sampler.pictures, place, self._signs)
