"""`facecluster train`: every option arrives in the settings, and mistakes are one sentence.

A run that only notes what it was asked for stands in for training, which has tests of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.cli.train.types import Stages
from facecluster.train.config import (
    LOSSES,
    DataConfig,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from tests.support.commands import Run
from tests.support.no_training import NoTraining, stand_in


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> NoTraining:
    return stand_in(monkeypatch)


@pytest.fixture
def asked(run: Run, loop: NoTraining, tmp_path: Path) -> Callable[..., TrainConfig]:
    """The settings that come from options, in a folder with a few files to name."""
    for name in ("pairs.txt", "weights.pt"):
        (tmp_path / name).touch()

    def call(*options: object, **settings: Any) -> TrainConfig:
        here = os.getcwd()
        os.chdir(tmp_path)
        try:
            result = run("train", "digits", *options, **settings)
        finally:
            os.chdir(here)
        assert result.exit_code == 0, result.stderr
        assert loop.config is not None
        return loop.config

    return call


def test_without_options_the_settings_are_the_defaults(asked: Callable[..., TrainConfig]) -> None:
    assert asked() == TrainConfig(DataConfig("digits"))


PAIRS = ["--pairs", "pairs.txt"]
# Part and field, the options that set it, and the value that it has then.
OPTIONS: list[tuple[str, list[str], object]] = [
    ("data.align", ["--align", "none"], "none"),
    ("data.image_size", ["--image-size", "64"], 64),
    ("data.grayscale", ["--grayscale"], True),
    ("data.grayscale", ["--colour"], False),
    ("data.val_classes", ["--val-classes", "7, 8,9"], ("7", "8", "9")),
    ("data.val_share", ["--val-share", "0.3"], 0.3),
    ("data.holdout", ["--holdout", "0"], 0.0),
    ("data.pairs", PAIRS, Path("pairs.txt")),
    ("data.pairs_images", [*PAIRS, "--pairs-images", "."], Path()),
    ("data.val_pairs", ["--val-pairs", "500"], 500),
    ("data.cache", ["--cache", "packed"], Path("packed")),
    ("model.backbone", ["--backbone", "squeezenet"], "squeezenet"),
    ("model.embedding_dim", ["--embedding-dim", "32"], 32),
    ("model.init", ["--init", "weights.pt"], Path("weights.pt")),
    ("model.from_scratch", ["--from-scratch"], True),
    ("model.freeze_until", ["--freeze-until", "layer3"], "layer3"),
    ("model.freeze_until", ["--freeze-until", ""], ""),
    ("model.mirror", ["--mirror"], True),
    ("model.mirror", ["--no-mirror"], False),
    ("loss.mining", ["--mining", "distance-weighted"], "distance-weighted"),
    ("loss.margin", ["--margin", "0.3"], 0.3),
    ("loss.scale", ["--scale", "64"], 64.0),
    ("loss.keep", ["--keep", "0.5"], 0.5),
    ("optim.name", ["--optimizer", "adagrad"], "adagrad"),
    ("optim.lr", ["--lr", "1e-4"], 1e-4),
    ("optim.weight_decay", ["--weight-decay", "0.01"], 0.01),
    ("optim.schedule", ["--schedule", "step"], "step"),
    ("optim.warmup", ["--warmup", "2.5"], 2.5),
    ("optim.step_epochs", ["--step-epochs", "4"], 4),
    ("optim.step_factor", ["--step-factor", "0.5"], 0.5),
    ("optim.clip", ["--clip", "0"], 0.0),
    ("optim.ema", ["--ema", "0.999"], 0.999),
    ("stages", ["--loss", "circle"], (Stage("circle", 20),)),
    ("stages", ["--epochs", "7"], (Stage("triplet", 7),)),
    ("stages", ["--loss", "arcface", "--epochs", "7"], (Stage("arcface", 7),)),
    (
        "stages",
        ["--stages", "arcface:20, triplet:5"],
        (Stage("arcface", 20), Stage("triplet", 5)),
    ),
    ("classes", ["-P", "16"], 16),
    ("classes", ["--classes", "2"], 2),
    ("pictures", ["-K", "8"], 8),
    ("pictures", ["--pictures", "2"], 2),
    ("augment", ["--augment", "full"], "full"),
    ("signs", ["--signs"], True),
    ("signs", ["--no-signs"], False),
    ("precision", ["--precision", "bfloat16"], "bfloat16"),
    ("minutes", ["--minutes", "0.5"], 0.5),
    ("patience", ["--patience", "5"], 5),
    ("seed", ["--seed", "4294967295"], 2**32 - 1),
    ("device", ["--device", "cuda"], "cuda"),
    ("threads", ["-j", "3"], 3),
    ("runs", ["--runs", "elsewhere"], Path("elsewhere")),
    ("name", ["--name", "first try"], "first try"),
    ("tensorboard", ["--tensorboard"], True),
]


def get(config: TrainConfig, path: str) -> object:
    value: object = config
    for name in path.split("."):
        value = getattr(value, name)
    return value


@pytest.mark.parametrize(("path", "options", "value"), OPTIONS, ids=lambda v: str(v)[:40])
def test_an_option_sets_its_field_and_nothing_else(
    asked: Callable[..., TrainConfig], path: str, options: list[str], value: object
) -> None:
    config = asked(*options)
    assert get(config, path) == value
    assert type(get(config, path)) is type(value)
    *part, name = path.split(".")
    usual = TrainConfig(DataConfig("digits"))
    expected = replace(usual, **{name: value}) if not part else usual
    if part:
        inner: Any = replace(getattr(usual, part[0]), **{name: value})
        if name == "pairs_images":
            inner = replace(inner, pairs=Path("pairs.txt"))
        expected = replace(usual, **{part[0]: inner})
    assert config == expected


def test_every_field_of_the_settings_has_an_option() -> None:
    parts = {"data": DataConfig, "model": ModelConfig, "loss": LossConfig, "optim": OptimConfig}
    known = {f.name for f in fields(TrainConfig) if f.name not in parts}
    known |= {f"{part}.{f.name}" for part, kind in parts.items() for f in fields(kind)}
    assert known - {path for path, _, _ in OPTIONS} == {"data.dataset"}


def test_the_data_set_is_a_word_or_a_path(
    run: Run, loop: NoTraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pictures").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    for given_, meant in (
        ("digits", "digits"),
        (tmp_path / "pictures", str(tmp_path / "pictures")),
        ("~/pictures", str(tmp_path / "pictures")),
    ):
        assert run("train", given_).exit_code == 0
        assert loop.config is not None
        assert loop.config.data.dataset == meant


def test_settings_from_a_file_and_the_environment(
    asked: Callable[..., TrainConfig], tmp_path: Path
) -> None:
    (tmp_path / "my.toml").write_text(
        'lr = 0.01\nstages = "arcface:2,triplet:3"\ngrayscale = false\nmirror = true\n'
        'val-classes = "a,b"\nclasses = 5\nruns = "there"\n'
    )
    config = asked("--config", "my.toml", "--lr", "0.02", env={"FACECLUSTER_CLASSES": "6"})
    assert config.optim.lr == 0.02
    assert config.stages == (Stage("arcface", 2), Stage("triplet", 3))
    assert (config.data.grayscale, config.model.mirror) == (False, True)
    assert config.data.val_classes == ("a", "b")
    assert config.classes == 6
    assert config.runs == Path("there")


WRONG: list[tuple[list[str], str]] = [
    (["--stages", "arcface"], "are not stages; give losses (triplet, "),
    (["--stages", "arcface:20;triplet:20"], "such as arcface:20,triplet:20"),
    (["--stages", "softmax:20"], "such as arcface:20,triplet:20"),
    (["--stages", "arcface:0"], "such as arcface:20,triplet:20"),
    (["--stages", ""], "such as arcface:20,triplet:20"),
    (["--stages", "circle:3", "--epochs", "3"], "takes the place of --loss and --epochs"),
    (["--stages", "circle:3", "--loss", "circle"], "takes the place of --loss and --epochs"),
    (["--val-classes", "a,,b"], "separate them by commas, each once, such as 7,8,9"),
    (["--val-classes", "a,a"], "such as 7,8,9"),
    (["--pairs", "gone.txt"], "does not exist"),
    (["--pairs-images", "."], "--pairs-images needs --pairs"),
    (["--init", "."], "is a directory"),
    (["--backbone", "alexnet"], "'alexnet' is not one of 'tiny', "),
    (["--image-size", "7"], "is not in the range 8<=x<=512"),
    (["--embedding-dim", "1"], "is not in the range 2<=x<=4096"),
    (["--val-share", "1"], "is not in the range 0<x<1"),
    (["--holdout", "1"], "is not in the range 0<=x<1"),
    (["--margin", "0"], "is not in the range 0<x<=4"),
    (["--margin", "nan"], "'nan' is not a number to work with"),
    (["--scale", "inf"], "'inf' is not a number to work with"),
    (["--keep", "-1"], "is not in the range x>=0"),
    (["--lr", "nan"], "'nan' is not a number to work with"),
    (["--lr", "fast"], "'fast' is not a valid number"),
    (["--weight-decay", "nan"], "'nan' is not a number to work with"),
    (["--warmup", "-1"], "is not in the range x>=0"),
    (["--step-factor", "2"], "is not in the range 0<x<=1"),
    (["--clip", "nan"], "'nan' is not a number to work with"),
    (["--ema", "1"], "is not in the range 0<=x<1"),
    (["--epochs", "0"], "is not in the range 1<=x<=100000"),
    (["-P", "1"], "is not in the range x>=2"),
    (["-K", "1"], "is not in the range x>=2"),
    (["--minutes", "0"], "is not in the range x>0"),
    (["--patience", "-1"], "is not in the range x>=0"),
    (["--seed", "-1"], "is not in the range"),
    (["--device", "tpu"], "'tpu' is not one of 'auto', 'cpu', 'cuda', 'mps'"),
    (["--name", "../out"], "'../out' cannot name a run; give a name such as first-try"),
    (["--name", "latest"], "cannot name a run"),
    (["--name", ""], "cannot name a run"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=lambda v: str(v)[:40])
def test_a_wrong_value_is_one_sentence(
    run: Run, loop: NoTraining, options: list[str], message: str
) -> None:
    result = run("train", "digits", *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert result.stderr.count("Error") == 1
    assert loop.config is None


def test_a_data_set_is_needed_and_must_be_there(run: Run, loop: NoTraining) -> None:
    for arguments, message in (
        (["train", "-q"], "Missing argument 'DATASET'"),
        (["train", "gone"], "'gone' does not exist"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert message in result.stderr.splitlines()[-1]


@given(st.lists(st.tuples(st.sampled_from(LOSSES), st.integers(1, 100_000)), min_size=1))
def test_stages_come_back_as_they_were_written(stages: list[tuple[str, int]]) -> None:
    text = ",".join(f"{loss}:{epochs}" for loss, epochs in stages)
    made = Stages().convert(text, None, None)
    assert [(stage.loss, stage.epochs) for stage in made] == stages
    assert Stages().convert(made, None, None) == made


@given(st.text())
def test_any_other_text_is_refused_with_an_example(text: str) -> None:
    part = r"\s*({}):0*[1-9]\d{{0,4}}\s*".format("|".join(LOSSES))
    if re.fullmatch(f"{part}(,{part})*", text, re.ASCII):
        assert Stages().convert(text, None, None)
    else:
        with pytest.raises(click.BadParameter, match="such as arcface:20,triplet:20"):
            Stages().convert(text, None, None)
