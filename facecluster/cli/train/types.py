"""Values of `facecluster train` that need more than a number or a choice."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NoReturn

import click

from facecluster.base.paths import too_long
from facecluster.cli.common.options import UserPath
from facecluster.train.config import LOSSES, Stage
from facecluster.train.run.folders import LATEST

DIGITS = "digits"
Param = click.Parameter | None
Context = click.Context | None


class Dataset(UserPath):
    """A folder or file with pictures, or the word for the set that scikit-learn ships."""

    name = "dataset"

    def __init__(self) -> None:
        super().__init__(exists=True)

    def convert(self, value: Any, param: Param, ctx: Context) -> Path:
        return Path(DIGITS) if str(value) == DIGITS else super().convert(value, param, ctx)


class Finite(click.FloatRange):
    """A number in a range; not `nan` or `inf`."""

    name = "number"

    def convert(self, value: Any, param: Param, ctx: Context) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number to work with", param, ctx)
        return number


class Names(click.ParamType):  # type: ignore[type-arg]  # generic in new click only
    """Names of classes, separated by commas."""

    name = "names"

    def convert(self, value: Any, param: Param, ctx: Context) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in str(value).split(","))
        if "" in names or len(set(names)) < len(names):
            self.fail(
                f"{value!r} are not names of classes; separate them by commas, each once, such as "
                "7,8,9",
                param,
                ctx,
            )
        return names


class Stages(click.ParamType):  # type: ignore[type-arg]  # generic in new click only
    """Losses in turn, each with its epochs."""

    name = "stages"

    def convert(self, value: Any, param: Param, ctx: Context) -> tuple[Stage, ...]:
        if isinstance(value, tuple):
            return value
        stages = []
        for part in str(value).split(","):
            loss, _, epochs = part.strip().partition(":")
            number = int(epochs) if epochs.isascii() and epochs.isdecimal() else 0
            if loss not in LOSSES or not 1 <= number <= 100_000:
                self._refuse(value, param, ctx)
            stages.append(Stage(loss, number))  # type: ignore[arg-type]  # it is in LOSSES
        return tuple(stages)

    def _refuse(self, value: Any, param: Param, ctx: Context) -> NoReturn:
        self.fail(
            f"{str(value)!r} are not stages; give losses ({', '.join(LOSSES)}) with their epochs, "
            "such as arcface:20,triplet:20",
            param,
            ctx,
        )


class RunName(click.ParamType):  # type: ignore[type-arg]  # generic in new click only
    """The name of one folder below --runs."""

    name = "name"

    def convert(self, value: Any, param: Param, ctx: Context) -> str:
        name = str(value)
        if name.strip() in ("", ".", "..", LATEST) or set(name) & set("/\\\0"):
            self.fail(f"{name!r} cannot name a run; give a name such as first-try", param, ctx)
        if long := too_long(Path(name)):
            self.fail(f"{long}; give a shorter one", param, ctx)
        return name
