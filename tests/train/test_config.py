"""Settings of training: checked when made, and whole after a way through JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from facecluster.errors import SettingsError
from facecluster.train.config import (
    DataConfig,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)


def test_json_gives_back_the_same_settings() -> None:
    config = TrainConfig(
        DataConfig("set", val_classes=("a", "b"), pairs=Path("p.txt"), cache=Path("c")),
        ModelConfig("tiny", 32, init=Path("w.pt"), mirror=False),
        LossConfig("hard", 0.3, keep=1.0),
        OptimConfig("sgd", 0.1, ema=0.9),
        stages=(Stage("arcface", 2), Stage("triplet", 3)),
        minutes=1.5,
        name="first",
    )
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    plain = TrainConfig(DataConfig("digits"))
    assert TrainConfig.from_json(json.loads(json.dumps(plain.to_json()))) == plain


def test_settings_of_another_release_are_refused() -> None:
    values = TrainConfig(DataConfig("digits")).to_json() | {"colour": "red"}
    with pytest.raises(SettingsError, match="colour"):
        TrainConfig.from_json(values)
    with pytest.raises(SettingsError, match="data"):
        TrainConfig.from_json({})


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: DataConfig("x", image_size=4), "`data.image_size` 4"),
        (lambda: DataConfig("x", val_share=1.0), "`data.val_share`"),
        (lambda: DataConfig("x", holdout=1.0), "`data.holdout`"),
        (lambda: DataConfig("x", val_pairs=0), "`data.val_pairs`"),
        (lambda: ModelConfig(embedding_dim=1), "`model.embedding_dim`"),
        (lambda: Stage("triplet", 0), "triplet:0"),
        (lambda: Stage("cubic", 1), "cubic"),  # type: ignore[arg-type]
        (lambda: LossConfig(margin=-1), "`loss.margin`"),
        (lambda: LossConfig(scale=0), "`loss.scale`"),
        (lambda: LossConfig(keep=-1), "`loss.keep`"),
        (lambda: OptimConfig(lr=0), "`optim.lr`"),
        (lambda: OptimConfig(weight_decay=-1), "`optim.weight_decay`"),
        (lambda: OptimConfig(ema=1), "`optim.ema`"),
        (lambda: OptimConfig(clip=-1), "`optim.clip`"),
        (lambda: OptimConfig(step_epochs=0), "`optim.step_epochs`"),
        (lambda: TrainConfig(DataConfig("x"), classes=1), "`classes`"),
        (lambda: TrainConfig(DataConfig("x"), pictures=1), "`pictures`"),
        (lambda: TrainConfig(DataConfig("x"), minutes=0), "`minutes`"),
    ],
)
def test_wrong_values_name_their_setting(make: object, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        make()  # type: ignore[operator]
