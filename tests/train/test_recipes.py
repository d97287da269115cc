"""What is decided when the user says nothing, and that what he says comes first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.train.backbones import BACKBONES
from facecluster.train.config import (
    DataConfig,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.losses import DEFAULTS
from facecluster.train.recipes import (
    FINE_TUNING,
    LARGE_RECIPE,
    SMALL_RECIPE,
    choose_backbone,
    choose_size,
    recipe_for,
    resolve,
)

OPEN = TrainConfig(DataConfig("x"))


@pytest.mark.parametrize("backbone", list(BACKBONES))
def test_nothing_is_left_open(backbone: str) -> None:
    made = resolve(OPEN, backbone, 30, flips=True)
    assert made.stages
    for part in (made.model, made.optim):
        values = {name: getattr(part, name) for name in part.__dataclass_fields__}
        assert [n for n, v in values.items() if v is None and n != "init"] == []
    assert made.augment != "auto"
    assert made.classes is not None
    assert made.pictures is not None
    assert all(stage.loss in DEFAULTS for stage in made.stages)


def test_what_the_user_says_comes_first() -> None:
    given = replace(
        OPEN,
        model=ModelConfig("resnet18", 33, mirror=False, freeze_until="layer2"),
        loss=LossConfig("hard", 0.5, 9.0, 0.25),
        optim=OptimConfig("sgd", 0.5, 0.125, ema=0.0),
        stages=(Stage("circle", 3),),
        classes=5,
        pictures=7,
        augment="none",
    )
    assert resolve(given, "resnet18", 30, flips=True) == given


def test_no_more_classes_than_there_are() -> None:
    made = resolve(OPEN, "tiny", 3, flips=False)
    assert made.classes == 3
    assert made.model.mirror is False
    assert resolve(replace(OPEN, classes=9), "tiny", 3, flips=True).classes == 3


def test_face_weights_are_tuned_and_random_ones_trained() -> None:
    assert recipe_for("dlib-resnet", ModelConfig()) is FINE_TUNING
    assert recipe_for("resnet18", ModelConfig(init=Path("w.pt"))) is FINE_TUNING
    assert recipe_for("dlib-resnet", ModelConfig(from_scratch=True)) is LARGE_RECIPE
    assert recipe_for("tiny", ModelConfig()) is SMALL_RECIPE


def test_small_pictures_get_a_small_network() -> None:
    assert choose_backbone(32, aligned=False) == "tiny"
    assert choose_backbone(32, aligned=True) == choose_backbone(None, False) != "tiny"
    assert choose_size("tiny", 28, aligned=False) == 28
    assert choose_size("resnet18", 4000, aligned=False) == BACKBONES["resnet18"].image_size
    assert choose_size("vgg11", 8, aligned=False) == BACKBONES["vgg11"].smallest
