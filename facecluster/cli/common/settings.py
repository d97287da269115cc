"""Settings from a file: facecluster.toml in the photo folder, or the one that --config names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from facecluster.cli.common.options import DEBUG, UserPath
from facecluster.errors import SettingsError

CONFIG_NAME = "facecluster.toml"


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
    text = str(value)  # as it would stand on the command line: 1.5 is not a whole number
    if isinstance(param.type, UserPath) and not text.startswith("~"):
        text = str(base / text)  # a path in a file is meant from the file
    try:
        return param.type_cast_value(ctx, text)
    except click.BadParameter as error:
        raise SettingsError(f"{where}: {error.message}") from error
