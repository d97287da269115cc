"""What learns: the network with its average, the loss of the stage at work, and the optimiser."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from facecluster.train.batch.augment import Augment
from facecluster.train.config import Stage, TrainConfig
from facecluster.train.losses.build import build_loss
from facecluster.train.material import Material
from facecluster.train.model.freezing import set_train
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.optim.ema import Average
from facecluster.train.optim.optimizers import build_optimizer
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.state.randomness import Randomness
from facecluster.train.run.step import Stepper


class Learner:
    """Everything with weights, and the step that moves them.

    config: with every None decided. frozen_norms: batch norms keep the statistics that they came
    with. stage: the loss at work; a change of it begins with fresh weights of the loss and a fresh
    memory of the optimiser.
    """

    def __init__(
        self,
        config: TrainConfig,
        network: EmbeddingNetwork,
        material: Material,
        ranks: Ranks,
        random: Randomness,
        frozen_norms: bool = False,
    ) -> None:
        self.network, self.random = network, random
        self.average = Average(network, config.optim.ema or 0.0)
        self._config, self._material, self._ranks = config, material, ranks
        self._frozen_norms = frozen_norms
        self._teacher = copy.deepcopy(network).eval() if config.loss.keep else None
        self._wrapped = ranks.wrap(network)
        self._begin(config.stages[0])

    @property
    def rate(self) -> float:
        """The learning rate before the schedule."""
        assert self._config.optim.lr is not None
        return self._config.optim.lr

    def train_mode(self) -> None:
        """Training mode, but for what is frozen."""
        set_train(self.network)
        if self._frozen_norms:
            for module in self.network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()

    def enter(self, stage: Stage) -> None:
        """Change to another loss; nothing happens where it is at work already."""
        if stage != self.stage:
            self._begin(stage)

    def _begin(self, stage: Stage) -> None:
        config, ranks = self._config, self._ranks
        # One `loss.margin` cannot suit two losses: it is meant for the one that the run ends with.
        last = stage.loss == config.stages[-1].loss
        assert config.model.embedding_dim is not None
        self.stage = stage
        self.loss: nn.Module = build_loss(
            stage.loss,
            mining=config.loss.mining,
            margin=config.loss.margin if last else None,
            scale=config.loss.scale if last else None,
            embedding_dim=config.model.embedding_dim,
            classes=len(self._material.train_classes),
            generator=self.random.generator,
        ).to(ranks.device)
        self.optimizer = build_optimizer((self.network, self.loss), config.optim)
        flips = self._material.pictures.flips
        self.step = Stepper(
            network=self._wrapped,
            loss=self.loss,
            optimizer=self.optimizer,
            augment=Augment(config.augment, flips, self.random.generator),
            ranks=ranks,
            device=ranks.device,
            precision=config.precision,
            clip=config.optim.clip,
            keep=config.loss.keep or 0.0,
            teacher=self._teacher,
        )

    def weights(self) -> dict[str, Tensor]:
        """The averaged weights, copied to the CPU."""
        averaged = self.average.module.state_dict()
        return {name: value.detach().cpu().clone() for name, value in averaged.items()}

    def state(self) -> dict[str, Any]:
        """As checkpoints have it, beside `weights`."""
        return {
            "network": {name: value.cpu() for name, value in self.network.state_dict().items()},
            "teacher": self._teacher.state_dict() if self._teacher else {},
            "loss": self.loss.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "updates": self.average.updates,
            "stage": [self.stage.loss, self.stage.epochs],
        }

    def restore(self, kept: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        """Take over what `state` and `weights` gave."""
        loss, epochs = kept["stage"]
        self.enter(replace(self.stage, loss=loss, epochs=epochs))
        self.network.load_state_dict(kept["network"])
        if self._teacher is not None:
            self._teacher.load_state_dict(kept["teacher"])
        self.loss.load_state_dict(kept["loss"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.average.load(weights, kept["updates"])
