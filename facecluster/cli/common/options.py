"""Options and parameter types that commands share, and settings from files.

Every option can be set in three ways: on the command line, by FACECLUSTER_<OPTION>, and in
facecluster.toml. The first that speaks wins.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from facecluster.errors import SettingsError

CONFIG_NAME = "facecluster.toml"
DEBUG = "facecluster.debug"  # in ctx.meta: whether errors show their traceback
Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


class UserPath(click.Path):
    """A path in which `~` is the home folder, whatever shell the command came from."""

    def __init__(self, **checks: Any) -> None:
        super().__init__(path_type=Path, **checks)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        try:
            value = Path(value).expanduser()
        except RuntimeError:  # no such user: the name may simply begin with a tilde
            value = Path(value)
        if "\0" in str(value):
            self.fail("a path cannot hold a NUL character", param, ctx)
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
            self.fail(f"{value!r} is no cosine distance; give a number such as 0.06", param, ctx)


def option(*names: str, **settings: Any) -> Decorator[Any]:
    """click.option that also listens to FACECLUSTER_<NAME>."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    variable = "FACECLUSTER_" + long.removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_default=True, **settings)


def _debug(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[DEBUG] = value
    return value


_TALK: dict[str, Decorator[Any]] = {
    "debug": option("--debug", is_flag=True, is_eager=True, expose_value=False, callback=_debug,
                    help="Show the traceback of an error."),
    "verbose": option("-v", "--verbose", is_flag=True, help="Also tell details: what each stage "
                      "took, and every picture that could not be used."),
    "quiet": option("-q", "--quiet", is_flag=True, help="Print errors only."),
    "json": option("--json", "as_json", is_flag=True, help="Print the results as JSON on stdout."),
}  # fmt: skip


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


def settings_from(ctx: click.Context, file: Path | None, folder: Path) -> dict[str, Any]:
    """The parameters of the command, completed from `file`, or from facecluster.toml in `folder`.

    Values on the command line and in the environment stay. Raises SettingsError that names the
    file and the key.
    """
    values = dict(ctx.params)
    path = file or folder / CONFIG_NAME
    if file is None and not os.path.isfile(path):
        return values
    options = _options(ctx.command.params)
    seen: set[str] = set()
    for key, value in _read(path).items():
        param = options.get(key.replace("_", "-"))
        if param is None or param.name is None:
            known = ", ".join(sorted(options))
            raise SettingsError(f"{path}: unknown setting {key!r}; known are {known}")
        if param.name in seen:
            raise SettingsError(f"{path}: {key!r} is given twice, once with - and once with _")
        seen.add(param.name)
        if ctx.get_parameter_source(param.name) is not ParameterSource.DEFAULT:
            continue
        values[param.name] = _converted(ctx, param, value, f"{path}: {key}", path.parent)
    if values.pop("debug", False):  # handed on as its option does, which exposes no value
        ctx.meta[DEBUG] = True
    return values


def _options(params: Sequence[click.Parameter]) -> dict[str, click.Option]:
    named = [p for p in params if isinstance(p, click.Option) and p.name != "config"]
    return {name.removeprefix("--"): p for p in named for name in p.opts if name.startswith("--")}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML ({error})") from error


def _converted(ctx: click.Context, param: click.Option, value: Any, where: str, base: Path) -> Any:
    """One value from the file, checked as if it stood on the command line."""
    if param.is_flag:
        if not isinstance(value, bool):
            raise SettingsError(f"{where} must be true or false")
        return value
    if param.multiple:
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise SettingsError(f'{where} must be a list of texts, such as ["*.jpg"]')
        return param.type_cast_value(ctx, value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SettingsError(f"{where} must be a single value")
    text = str(value)  # as it would stand on the command line: 1.5 is no whole number
    if isinstance(param.type, UserPath) and not text.startswith("~"):
        text = str(base / text)  # a path in a file is meant from the file
    try:
        return param.type_cast_value(ctx, text)
    except click.BadParameter as error:
        raise SettingsError(f"{where}: {error.message}") from error
