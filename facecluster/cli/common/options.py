"""Options and parameter types that commands share.

Every option can be set on the command line and by FACECLUSTER_<OPTION>; `cli.common.settings` adds
the file facecluster.toml. The first that speaks wins.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from facecluster.base.paths import too_long
from facecluster.config import DETAILS, DEVICES, TURNED, ReadConfig

DEBUG = "facecluster.debug"  # in ctx.meta: whether errors show their traceback
Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


class UserPath(click.Path):
    """A path in which `~` is the home folder, whatever shell the command came from."""

    def __init__(self, **checks: Any) -> None:
        super().__init__(path_type=Path, **checks)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not str(value).strip() and not os.path.lexists(value):
            # For Python an empty path is the folder that the command was started in.
            self.fail("it is empty; give a name, or `.` for the folder you are in", param, ctx)
        try:
            value = Path(value).expanduser()
        except RuntimeError:  # no such user: the name may simply begin with a tilde
            value = Path(value)
        if "\0" in str(value):
            self.fail("a path cannot hold a NUL character", param, ctx)
        if long := too_long(value):
            self.fail(f"{long}; give a shorter one", param, ctx)
        return Path(str(super().convert(value, param, ctx)))


class Distance(click.FloatRange):
    """A cosine distance."""

    name = "distance"

    def __init__(self) -> None:
        super().__init__(0, 2, min_open=True, max_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            return float(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"{value!r} is not a cosine distance; give a number such as 0.06", param, ctx)


class Size(click.ParamType):  # type: ignore[type-arg]  # older click's has no arguments
    """A number of bytes, such as 500MB; units are thousands, or 1024 with an i (GiB)."""

    name = "size"
    _PATTERN = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) ?([kmgt]?)(i?)b?", re.IGNORECASE)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = self._PATTERN.fullmatch(str(value).strip())
        if match is None or (match[3] and not match[2]):
            self.fail(f"{value!r} is not a size; give one such as 2GB or 500MB", param, ctx)
        power = "kmgt".find(match[2].lower()) + 1 if match[2] else 0
        return int(float(match[1]) * (1024 if match[3] else 1000) ** power)


def option(*names: str, **settings: Any) -> Decorator[Any]:
    """click.option that also listens to FACECLUSTER_<NAME>."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    variable = "FACECLUSTER_" + long.removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_default=True, **settings)


def _debug(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[DEBUG] = value
    if value:
        logging.captureWarnings(False)
    return value


_TALK: dict[str, Decorator[Any]] = {
    "debug": option("--debug", is_flag=True, is_eager=True, expose_value=False, callback=_debug,
                    help="Show the traceback of an error."),
    "verbose": option("-v", "--verbose", is_flag=True, help="Also tell details: what each stage "
                      "took, and every picture that could not be used."),
    "quiet": option("-q", "--quiet", is_flag=True, help="Print errors only."),
    "json": option("--json", "as_json", is_flag=True, help="Print the results as JSON on stdout."),
}  # fmt: skip


DEBUG_OPTION = _TALK["debug"]  # for a command of commands


def talk_options(command: Command) -> Command:
    """--json, --quiet, --verbose and --debug."""
    for decorate in _TALK.values():
        command = decorate(command)
    return command


def brief_options(command: Command) -> Command:
    """--json, --quiet and --debug, for a command that has no more to tell."""
    for name, decorate in _TALK.items():
        if name != "verbose":
            command = decorate(command)
    return command


def quiet_options(command: Command) -> Command:
    """--quiet and --debug, for a command that prints a sentence."""
    for name in ("debug", "quiet"):
        command = _TALK[name](command)
    return command


def in_order(*options: Decorator[Any]) -> Decorator[Any]:
    """One decorator of many options, which --help lists in this order."""

    def decorate(command: Any) -> Any:
        for add in reversed(options):
            command = add(command)
        return command

    return decorate


A_FILE = UserPath(exists=True, dir_okay=False)
A_FOLDER = UserPath(exists=True, file_okay=False)
NEW_FILE = UserPath(dir_okay=False)
NEW_FOLDER = UserPath(file_okay=False)

# What a command that finds faces may be told of them, and how it reads photos.
DISTANCE = option(
    "-d", "--distance", type=Distance(), help="Cosine distance at which two groups stop being one "
    "person; auto moves all its thresholds with it.  [default: what the model was measured for]"
)  # fmt: skip
PEOPLE = option(
    "--people", type=click.IntRange(1), help="Number of people, for kmeans.  "
    "[default: as many as auto finds]"
)  # fmt: skip
MIN_PHOTOS = option(
    "--min-photos", type=click.IntRange(1), default=2, help="Fewer photos than this make no person."
)
MIN_FACE = option(
    "--min-face", type=click.IntRange(1), default=20,
    help="Ignore faces narrower than this, in px of the photo."
)  # fmt: skip
ALLOW_TWICE = option(
    "--allow-twice", is_flag=True, help="One photo may show a person twice (collages, mirrors)."
)
SEED = option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="For the random starts of kmeans."
)
DEVICE = option(
    "--device", type=click.Choice(DEVICES), default="auto", help="What runs the models."
)
READING = (
    option("--detail", type=click.Choice(DETAILS), default="normal",
           help="high finds smaller faces and takes longer, fast the reverse."),
    option("--turned", type=click.Choice(TURNED), default="auto",
           help="Look for faces that lie or stand on their head.  auto: where no sure face stands "
           "upright."),
    option("--model", type=A_FILE,
           help="An ONNX embedder of your own.  [default: the shipped one]"),
    DEVICE,
)  # fmt: skip
MEMORY = option(
    "--memory", type=Size(), metavar="SIZE",
    help="Memory that the run may take, such as 2GB.  [default: half of what the machine has]"
)  # fmt: skip
RUNS = option("--runs", type=NEW_FOLDER, default=Path("runs"), help="Where runs lie.")
FORCE_FILE = option("--force", is_flag=True, help="Overwrite a file that is there.")
FORCE = option("--force", is_flag=True, help="Overwrite a file that is not a model of ours.")


def threads(what: str = "Photos") -> Decorator[Any]:
    """-j; what: is in work, in the words of the help."""
    return option(
        "-j", "--threads", type=click.IntRange(0, 1024), default=0,
        help=f"{what} in work at once.  0: one per core."
    )  # fmt: skip


def read_config(values: Mapping[str, Any]) -> ReadConfig:
    """What the options of READING say."""
    return ReadConfig(values["detail"], values["model"], values["device"], values["turned"])
