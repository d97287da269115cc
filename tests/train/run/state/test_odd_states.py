"""A checkpoint whose state is not one cannot be gone on with, and says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from facecluster.errors import ModelError
from facecluster.train.backbones import build, normalisation
from facecluster.train.config import DataConfig, ModelConfig, OptimConfig, Stage, TrainConfig
from facecluster.train.model.checkpoint import NetworkShape
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.state.run_state import RunState
from tests.support.made_material import made_material

CONFIG = TrainConfig(
    DataConfig("made", image_size=8, val_share=0.2),
    ModelConfig("tiny", 4, mirror=False),
    optim=OptimConfig(lr=0.01, ema=0.9),
    stages=(Stage("triplet", 2),),
    classes=4,
    pictures=2,
    augment="light",
    signs=False,
    precision="float32",
)


def state() -> RunState:
    known = normalisation("tiny", 1)
    network = EmbeddingNetwork(build("tiny", 8, 4, 1), *known)
    shape = NetworkShape("tiny", 8, 4, 1, *known)
    return RunState(CONFIG, shape, network, made_material(8), Ranks(torch.device("cpu")))


def test_a_whole_one_is_gone_on_with() -> None:
    state().restore(state().checkpoint(1.0))


ODD: dict[str, Any] = {
    "none": None, "text": "x", "number": "7.5", "list": [1], "map": {"a": 1},
    "tensor": torch.zeros(2), "texts": {1: {2: ["x"]}},
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "key", ["network", "loss", "optimizer", "updates", "stage", "position", "generator", "random"]
)
def test_something_else_in_the_place_of_a_part(key: str, odd: str) -> None:
    kept = state().checkpoint(1.0)
    without = {name: value for name, value in kept.resume.items() if name != key}
    for resume in (without, without | {key: ODD[odd]}):
        made = state()
        with pytest.raises(ModelError, match="cannot be gone on with") as caught:
            made.restore(replace(kept, resume=resume))
        assert "\n" not in str(caught.value)
