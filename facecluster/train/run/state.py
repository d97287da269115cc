"""Everything that changes while a network is trained, and its way into a checkpoint and back."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import torch
from torch import Tensor, nn

from facecluster.errors import ModelError
from facecluster.train.batch.augment import Augment
from facecluster.train.batch.sampler import PKSampler
from facecluster.train.batch.signs import Batch, as_they_are, make_signs
from facecluster.train.config import Stage, TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.losses import build_loss
from facecluster.train.material import Material
from facecluster.train.model.checkpoint import Calibration, Checkpoint, NetworkShape
from facecluster.train.model.freezing import set_train
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.optim.ema import Average
from facecluster.train.optim.optimizers import build_optimizer
from facecluster.train.recipes import recipe_for
from facecluster.train.records import Rows
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.step import Stepper
from facecluster.train.run.stopping import CollapseWatch

MIN_EPOCH = 50  # batches: smaller sets are passed several times between two validations


class RunState:
    """A run in memory. config: with every None decided (recipes.py).

    epoch, batch: the epoch at work, from 0, and how many of its batches are done. trained: seconds
    spent, earlier sittings included. bad: epochs since the best one.
    """

    def __init__(
        self,
        config: TrainConfig,
        shape: NetworkShape,
        network: EmbeddingNetwork,
        material: Material,
        ranks: Ranks,
    ) -> None:
        self.config, self.shape, self.material, self.ranks = config, shape, material, ranks
        self.network = network
        self.average = Average(network, config.optim.ema or 0.0)
        self.frozen_norms = recipe_for(
            shape.backbone, config.model, material.pictures.aligned
        ).frozen_norms
        self.generator = torch.Generator().manual_seed(config.seed + 1 + ranks.rank)
        assert config.classes is not None
        assert config.pictures is not None
        self.sampler = PKSampler(
            material.train_labels, config.classes, config.pictures, config.seed
        )
        self.passes = max(1, MIN_EPOCH // self.sampler.batches_per_epoch)
        self.history: tuple[EpochRow, ...] = ()
        self.calibrations: Mapping[str, Calibration] = {}
        self.epoch, self.batch, self.bad, self.trained = 0, 0, 0, 0.0
        self.sums: list[float] = []  # of the epoch at work, see epoch.py
        self.last: tuple[Batch, Tensor | None] | None = None  # batch, and its triplets
        self.collapse = CollapseWatch()
        self.stage = config.stages[0]
        self._teacher = copy.deepcopy(network).eval() if config.loss.keep else None
        self._wrapped = ranks.wrap(network)
        self._begin(self.stage)

    @property
    def batches(self) -> int:
        """Of an epoch."""
        return self.sampler.batches_per_epoch * self.passes

    @property
    def epochs(self) -> int:
        return sum(stage.epochs for stage in self.config.stages)

    @property
    def best(self) -> EpochRow | None:
        return next((row for row in reversed(self.history) if row.best), None)

    @property
    def rate(self) -> float:
        assert self.config.optim.lr is not None
        return self.config.optim.lr

    def batches_left(self) -> Iterator[Rows]:
        """The batches of the epoch at work that are not done, as rows of the training pictures."""
        first = self.epoch * self.passes
        passes = (self.sampler.epoch(number) for number in range(first, first + self.passes))
        return islice(chain.from_iterable(passes), self.batch, None)

    def compose(self, rows: Rows) -> Batch:
        """What the next batch, of these training pictures, shows; on all ranks the same.

        arcface learns a direction for each class, and would need one for every sign there is.
        """
        material = self.material
        chosen, labels = material.train_rows[rows], material.train_labels[rows]
        if not self.config.signs or self.stage.loss == "arcface":
            return as_they_are(chosen, labels)
        place = [self.config.seed, self.epoch, self.batch]
        return make_signs(chosen, labels, self.sampler.pictures, place)

    def train_mode(self) -> None:
        """Training mode, but for what is frozen."""
        set_train(self.network)
        if self.frozen_norms:
            for module in self.network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()

    def close_epoch(self, row: EpochRow, seconds: float) -> None:
        """Take the validated epoch into the history, and turn to the next."""
        self.history = (*self.history, row)
        self.bad = 0 if row.best else self.bad + 1
        self.epoch, self.batch, self.sums, self.trained = self.epoch + 1, 0, [], seconds

    def enter(self, stage: Stage) -> None:
        """Change to another loss: its weights and the optimiser's memory begin anew."""
        if stage != self.stage:
            self.stage = stage
            self._begin(stage)

    def _begin(self, stage: Stage) -> None:
        config, device = self.config, self.ranks.device
        # One --margin cannot suit two losses: it is meant for the one that the run ends with.
        last = stage.loss == config.stages[-1].loss
        self.loss: nn.Module = build_loss(
            stage.loss,
            mining=config.loss.mining,
            margin=config.loss.margin if last else None,
            scale=config.loss.scale if last else None,
            embedding_dim=self.shape.embedding_dim,
            classes=len(self.material.train_classes),
            generator=self.generator,
        ).to(device)
        self.optimizer = build_optimizer((self.network, self.loss), config.optim)
        self.stepper = Stepper(
            network=self._wrapped,
            loss=self.loss,
            optimizer=self.optimizer,
            augment=Augment(config.augment, self.material.pictures.flips, self.generator),
            ranks=self.ranks,
            device=device,
            precision=config.precision,
            clip=config.optim.clip,
            keep=config.loss.keep or 0.0,
            teacher=self._teacher,
        )

    def checkpoint(self, seconds: float) -> Checkpoint:
        """What is worth keeping now: averaged weights, and all that `restore` needs.

        seconds: that the run has taken so far.
        """
        material = self.material
        return Checkpoint(
            config=self.config,
            shape=self.shape,
            weights={k: v.detach().cpu().clone() for k, v in self.average.values.items()},
            aligned=material.pictures.aligned,
            mirror=bool(self.config.model.mirror),
            source=material.pictures.source,
            classes=material.train_classes,
            calibrations=self.calibrations,
            history=self.history,
            resume={
                "network": {k: v.cpu() for k, v in self.network.state_dict().items()},
                "teacher": self._teacher.state_dict() if self._teacher else {},
                "loss": self.loss.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "updates": self.average.updates,
                "stage": [self.stage.loss, self.stage.epochs],
                "position": [self.epoch, self.batch, self.bad, seconds, self.sums],
                "generator": self.generator.get_state(),
                "random": torch.get_rng_state(),
                "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            },
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on where `checkpoint` was. Raises ModelError when it does not belong to this run."""
        kept: Mapping[str, Any] = checkpoint.resume
        if checkpoint.shape != self.shape or not kept:
            raise ModelError(
                f"the checkpoint holds {checkpoint.shape.backbone}, this run "
                f"{self.shape.backbone}: go on with the settings that it was started with"
            )
        loss, epochs = kept["stage"]
        self.enter(replace(self.stage, loss=loss, epochs=epochs))
        self.network.load_state_dict(kept["network"])
        if self._teacher is not None:
            self._teacher.load_state_dict(kept["teacher"])
        self.loss.load_state_dict(kept["loss"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.average.load(checkpoint.weights, kept["updates"])
        self.epoch, self.batch, self.bad, self.trained, sums = kept["position"]
        self.sums = list(sums)
        self.history, self.calibrations = checkpoint.history, checkpoint.calibrations
        self.generator.set_state(kept["generator"])
        torch.set_rng_state(kept["random"])
        if kept["cuda"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(kept["cuda"])
