"""What is decided when the user says nothing, and that what he says comes first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.train.backbones import BACKBONES, build
from facecluster.train.batch.signs import SIGN_TUNING
from facecluster.train.config import (
    DataConfig,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.losses.defaults import DEFAULTS
from facecluster.train.model.freezing import freeze
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.recipes import (
    FINE_TUNING,
    LARGE_RECIPE,
    SMALL_RECIPE,
    TRANSFER,
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
        signs=True,
    )
    assert resolve(given, "resnet18", 30, flips=True) == given


def test_no_more_classes_than_there_are() -> None:
    made = resolve(OPEN, "tiny", 3, flips=False)
    assert made.classes == 3
    assert made.model.mirror is False
    assert resolve(replace(OPEN, classes=9), "tiny", 3, flips=True).classes == 3


def test_signs_are_made_where_a_mirrored_picture_is_another_class() -> None:
    made = resolve(OPEN, "tiny", 7, flips=False)
    assert made.signs
    assert made.pictures is not None
    assert made.pictures % SIGN_TUNING.group == 0
    assert not resolve(OPEN, "tiny", 7, flips=True).signs
    assert not resolve(replace(OPEN, signs=False), "tiny", 7, flips=False).signs
    tuned = replace(OPEN, model=ModelConfig(init=Path("w.pt")))
    assert not resolve(tuned, "tiny", 7, flips=False).signs, "what is known would be unlearned"


def test_face_weights_are_tuned_and_random_ones_trained() -> None:
    assert recipe_for("dlib-resnet", ModelConfig(), aligned=True) is FINE_TUNING
    assert recipe_for("dlib-resnet", ModelConfig(), aligned=False) is TRANSFER
    assert recipe_for("resnet18", ModelConfig(init=Path("w.pt")), aligned=True) is TRANSFER
    assert recipe_for("dlib-resnet", ModelConfig(from_scratch=True), True) is LARGE_RECIPE
    assert recipe_for("tiny", ModelConfig(), aligned=False) is SMALL_RECIPE


def test_small_pictures_get_a_small_network() -> None:
    assert choose_backbone(32, aligned=False) == "tiny"
    assert choose_backbone(32, aligned=True) == "dlib-resnet"
    assert choose_backbone(None, aligned=False) == "resnet18"
    assert choose_size("tiny", 28, aligned=False) == 28
    assert choose_size("resnet18", 4000, aligned=False) == BACKBONES["resnet18"].image_size
    assert choose_size("vgg11", 8, aligned=False) == BACKBONES["vgg11"].smallest


def test_tuning_starts_behind_the_layers_that_it_keeps() -> None:
    made = resolve(OPEN, "dlib-resnet", 30, flips=True, aligned=True)
    network = EmbeddingNetwork(build("dlib-resnet", 150, 128, 3), (0.0,) * 3, (1.0,) * 3)
    assert made.model.freeze_until is not None
    frozen = freeze(network, made.model.freeze_until)
    assert "stem" in frozen
    assert "head" not in frozen
    assert made.optim.weight_decay == 0
    whole = replace(OPEN, model=ModelConfig(freeze_until=""))
    assert resolve(whole, "dlib-resnet", 30, flips=True, aligned=True).model.freeze_until == ""
    other = replace(OPEN, model=ModelConfig(init=Path("w.pt")))  # its parts have other names
    assert resolve(other, "resnet18", 30, flips=True, aligned=True).model.freeze_until == ""


def test_the_margin_of_tuning_is_for_its_own_loss() -> None:
    assert (
        resolve(OPEN, "dlib-resnet", 30, flips=True, aligned=True).loss.margin == FINE_TUNING.margin
    )
    circle = replace(OPEN, stages=(Stage("circle", 1),))
    assert resolve(circle, "dlib-resnet", 30, flips=True, aligned=True).loss.margin is None
    given = replace(circle, loss=LossConfig(margin=0.3))
    assert resolve(given, "dlib-resnet", 30, flips=True, aligned=True).loss.margin == 0.3


def test_decay_within_the_gradient_is_weak() -> None:
    assert resolve(OPEN, "resnet18", 30, flips=True).optim.weight_decay == 0.05
    adagrad = replace(OPEN, optim=OptimConfig("adagrad"))
    assert resolve(adagrad, "resnet18", 30, flips=True).optim.weight_decay == 1e-4
