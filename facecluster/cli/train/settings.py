"""From the options of `facecluster train` to the settings of a run, or to changes of one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from facecluster.errors import FaceclusterError, SettingsError
from facecluster.train.config import (
    DataConfig,
    LossConfig,
    LossName,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.history import EpochRow, read_history
from facecluster.train.run.folders import HISTORY, LAST, latest_run

DEFAULT_LOSS: LossName = "triplet"
DEFAULT_EPOCHS = 20  # where only one of --loss and --epochs is given
# What may change when a run goes on: where things are and when to stop, never what is learnt.
MAY_CHANGE = ("device", "threads", "minutes", "patience", "tensorboard")
NOT_OF_THE_RUN = {"resume", "runs", "config", "quiet", "verbose", "as_json"}


def train_config(dataset: str, values: dict[str, Any]) -> TrainConfig:
    """The settings of a new run. Raises SettingsError for values that do not go together."""
    if values["pairs_images"] is not None and values["pairs"] is None:
        raise SettingsError("--pairs-images needs --pairs, the file that names those pictures")
    return TrainConfig(
        data=DataConfig(
            dataset=dataset,
            val_classes=values["val_classes"] or (),
            **_some(values, _DATA),
        ),
        model=ModelConfig(**_some(values, _MODEL)),
        loss=LossConfig(**_some(values, ("mining", "margin", "scale", "keep"))),
        optim=OptimConfig(name=values["optimizer"], **_some(values, _OPTIM)),
        stages=_stages(values),
        **_some(values, _REST),
    )


_DATA = (
    "align", "image_size", "grayscale", "val_share", "holdout", "pairs", "pairs_images",
    "val_pairs", "cache",
)  # fmt: skip
_MODEL = ("backbone", "embedding_dim", "init", "from_scratch", "freeze_until", "mirror")
_OPTIM = (
    "lr", "weight_decay", "schedule", "warmup", "step_epochs", "step_factor", "clip", "ema",
)  # fmt: skip
_REST = (
    "classes", "pictures", "augment", "signs", "precision", "minutes", "patience", "seed",
    "device", "threads", "runs", "name", "tensorboard",
)  # fmt: skip


def _some(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _stages(values: dict[str, Any]) -> tuple[Stage, ...]:
    """Empty when nothing was asked for: then the run chooses."""
    stages: tuple[Stage, ...] | None = values["stages"]
    loss, epochs = values["loss"], values["epochs"]
    if stages is not None:
        if loss is not None or epochs is not None:
            raise SettingsError("--stages takes the place of --loss and --epochs: leave those out")
        return stages
    if loss is None and epochs is None:
        return ()
    return (Stage(loss or DEFAULT_LOSS, epochs or DEFAULT_EPOCHS),)


def run_folder(wanted: str, runs: Path) -> Path:
    """The run to go on with: a folder, a checkpoint in it, a name below `runs`, "" the newest.

    Raises FaceclusterError when there is none, or it has nothing to go on from.
    """
    if wanted == "":
        folder = latest_run(runs)
    else:
        path = Path(wanted).expanduser()
        path = path.parent if os.path.isfile(path) else path
        folder = next((f for f in (path, runs / wanted) if os.path.isdir(f)), path)
    if not os.path.isdir(folder):
        raise SettingsError(f"--resume {wanted}: no such run; give the folder of one")
    if not (folder / LAST).is_file():
        raise FaceclusterError(f"{folder}: has no {LAST} to go on from; start a new run")
    return folder


def earlier(folder: Path) -> list[EpochRow]:
    """The epochs of a run so far; none when its history cannot be read, as it is only shown."""
    try:
        return read_history((folder / HISTORY).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, FaceclusterError):
        return []


def changes(values: dict[str, Any], given: set[str]) -> dict[str, Any]:
    """What the options change in a run that goes on, nested as TrainConfig.to_json has it.

    given: names of the parameters that the user set. Raises SettingsError for those that would
    make it another run.
    """
    made = {name: values[name] for name in MAY_CHANGE if name in given}
    moved = {name: str(values[name]) for name in ("dataset", "cache") if name in given}
    fixed = sorted(given - NOT_OF_THE_RUN - set(made) - set(moved))
    if fixed:
        option = "--" + fixed[0].replace("_", "-")
        raise SettingsError(
            f"{option} cannot change in a run that goes on; leave it out, or start a new run with "
            "--init RUN/best.pt"
        )
    return made | ({"data": moved} if moved else {})
