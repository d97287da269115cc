"""What learns: its stages, its modes, and that it goes on as it would have."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
from torch import nn

from facecluster.train.backbones import build, normalisation
from facecluster.train.config import (
    DataConfig,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.state.learner import Learner
from facecluster.train.run.state.randomness import Randomness
from tests.support.made_material import made_material

CLASSES, TRIPLETS = Stage("arcface", 1), Stage("triplet", 2)
CONFIG = TrainConfig(
    DataConfig("made", image_size=8),
    ModelConfig("tiny", 4),
    LossConfig("all", margin=0.3, keep=0.5),
    OptimConfig(lr=0.01, ema=0.9),
    stages=(CLASSES, TRIPLETS),
    augment="light",
    precision="float32",
)


def learner(seed: int = 0, config: TrainConfig = CONFIG, frozen_norms: bool = False) -> Learner:
    torch.manual_seed(seed)
    network = EmbeddingNetwork(build("tiny", 8, 4, 1), *normalisation("tiny", 1))
    random, ranks = Randomness(seed, 0), Ranks(torch.device("cpu"))
    return Learner(config, network, made_material(8), ranks, random, frozen_norms)


def steps(made: Learner, count: int) -> list[float]:
    pixels = torch.randint(0, 256, (8, 1, 8, 8), generator=torch.Generator().manual_seed(1))
    labels = torch.arange(4).repeat_interleave(2)
    made.train_mode()
    losses = []
    for _ in range(count):
        losses.append(made.step(pixels.to(torch.uint8), labels).loss)
        made.average.update_parameters(made.network)
    return losses


@pytest.mark.parametrize("stage", [CLASSES, TRIPLETS])
def test_it_goes_on_as_it_would_have(stage: Stage) -> None:
    first = learner()
    first.enter(stage)
    steps(first, 3)
    kept, weights = copy.deepcopy(first.state()), first.weights()
    drawn = first.random.state()
    expected = steps(first, 3)
    second = learner(seed=5)
    second.restore(kept, weights)
    second.random.restore(drawn)
    assert second.stage == stage
    assert steps(second, 3) == expected
    for name, value in first.weights().items():
        assert torch.equal(second.weights()[name], value), name


def test_another_stage_begins_anew_and_the_same_goes_on() -> None:
    made = learner()
    steps(made, 2)
    loss, optimizer, network = made.loss, made.optimizer, made.network
    made.enter(CLASSES)
    assert (made.loss, made.optimizer) == (loss, optimizer)
    made.enter(TRIPLETS)
    assert made.loss is not loss
    assert not made.optimizer.state
    assert made.network is network
    assert made.average.updates == 2


def test_the_margin_is_that_of_the_last_loss() -> None:
    made = learner()
    assert made.loss.margin == 0.5  # arcface's own
    made.enter(TRIPLETS)
    assert made.loss.margin == 0.3


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen_norms_keep_their_statistics(frozen: bool) -> None:
    made = learner(frozen_norms=frozen)
    norms = [module for module in made.network.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [norm.running_mean.clone() for norm in norms]  # type: ignore[union-attr]
    steps(made, 1)
    for norm, mean in zip(norms, before, strict=True):
        assert norm.running_mean is not None
        assert torch.equal(norm.running_mean, mean) is frozen
        assert norm.training is not frozen
    assert made.network.training


def test_the_first_network_is_remembered_only_where_it_holds_back() -> None:
    assert learner().state()["teacher"]
    loose = replace(CONFIG, loss=LossConfig("all"))
    assert learner(config=loose).state()["teacher"] == {}
