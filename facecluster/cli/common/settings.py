"""Settings from a file: the one that --config names, or facecluster.toml in the photo folder.

Whoever names a file trusts it. The one in a photo folder may have come with somebody else's photos:
it decides which of these photos are grouped and how, and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from facecluster.cli.common.options import DEBUG, UserPath
from facecluster.cli.common.settings_file import read_settings
from facecluster.cli.common.terminal import clean
from facecluster.config import SETTINGS_FILE
from facecluster.errors import SettingsError

# What the file in a photo folder may set: no place, no model, nothing of the machine.
OF_A_FOLDER: Final = frozenset(
    {"include", "exclude", "method", "distance", "people", "min_photos", "min_face"}
    | {"allow_twice", "seed", "unsure", "link_copies"}
)


def settings_from(ctx: click.Context, file: Path | None, folder: Path) -> dict[str, Any]:
    """The parameters of the command, completed from `file`, or from facecluster.toml in `folder`.

    Values on the command line and in the environment stay. What was taken from a file that nobody
    named is said on stderr. Raises SettingsError that names the file and the key.
    """
    values = dict(ctx.params)
    path = file or folder / SETTINGS_FILE
    if file is None and not os.path.isfile(path):
        return values
    used, passed_over = [], []
    for key, param, value in _named(ctx, path):
        assert param.name is not None
        if file is None and param.name not in OF_A_FOLDER:
            passed_over.append(key)
        elif ctx.get_parameter_source(param.name) is ParameterSource.DEFAULT:
            values[param.name] = _converted(ctx, param, value, f"{path}: {key}", path.parent)
            used.append(key)
    if values.pop("debug", False):  # handed on as its option does, which exposes no value
        ctx.meta[DEBUG] = True
    if file is None and not values["quiet"]:
        _tell(path, used, passed_over)
    return values


def _named(ctx: click.Context, path: Path) -> list[tuple[str, click.Option, Any]]:
    """Key, option and value of everything that stands in the file."""
    options = _options(ctx.command.params)
    found: dict[str, tuple[str, click.Option, Any]] = {}
    for key, value in read_settings(path).items():
        param = options.get(key.replace("_", "-"))
        if param is None or param.name is None:
            known = ", ".join(sorted(options))
            raise SettingsError(f"{path}: unknown setting {key!r}; known are {known}")
        if param.name in found:
            raise SettingsError(f"{path}: {key!r} is given twice, once with - and once with _")
        found[param.name] = key, param, value
    return list(found.values())


def _tell(path: Path, used: Sequence[str], passed_over: Sequence[str]) -> None:
    if used:
        click.echo(clean(f"Settings used from {path}: {', '.join(used)}."), err=True)
    if passed_over:
        click.echo(
            clean(
                f"{path}: not obeyed, as a file among photos sets only how they are grouped: "
                f"{', '.join(passed_over)}; if the file is yours, name it with --config."
            ),
            err=True,
        )


def _options(params: Sequence[click.Parameter]) -> dict[str, click.Option]:
    named = [p for p in params if isinstance(p, click.Option) and p.name != "config"]
    return {name.removeprefix("--"): p for p in named for name in p.opts if name.startswith("--")}


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
    try:
        text = str(value)  # as it would stand on the command line: 1.5 is not a whole number
    except ValueError as error:  # thousands of digits
        raise SettingsError(f"{where}: this number is too long") from error
    if isinstance(param.type, UserPath) and text.strip() and not text.startswith("~"):
        text = str(base / text)  # a path in a file is meant from the file
    try:
        return param.type_cast_value(ctx, text)
    except click.BadParameter as error:
        raise SettingsError(f"{where}: {error.message}") from error
