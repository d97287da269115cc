"""Grouping again after a change: the command that does it, and doing it at once."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final

import click

from facecluster.cli.common.console import progress_bar, show_people, warn_unreadable
from facecluster.cli.common.fields import option_of
from facecluster.cli.people.find.results import Results
from facecluster.config import Settings, output_folder
from facecluster.errors import ReportError
from facecluster.report.records import Report

# What was meant for one run, or is given by the place of the results.
OF_ONE_RUN: Final = frozenset(
    {"threads", "memory", "dry_run", "scan.empty_ok", "scan.reread"}
    | {"output.folder", "output.take_over"}
)


def settings_of(results: Results) -> Settings:
    """Those of the newest run, for another one into the same folder. Raises ReportError."""
    from msgspec import ValidationError, convert

    found = results.report.run.settings
    try:
        settings = convert(found, Settings, dec_hook=_path)
    except (ValidationError, NotImplementedError) as error:
        raise ReportError(
            f"{results.out / 'report.json'}: its settings are not those of a run ({error}); "
            f"run `facecluster group {results.report.root}` with the options that you want"
        ) from error
    scan = replace(settings.scan, empty_ok=False, reread=())
    output = replace(settings.output, folder=results.out, take_over=False)
    return replace(settings, scan=scan, output=output, dry_run=False)


def _path(kind: type, value: object) -> Path:
    if kind is not Path or not isinstance(value, str):
        raise NotImplementedError(f"{value!r} is not a path")
    return Path(value)


def group_words(results: Results) -> list[str]:
    """The words of the command that groups as the newest run did."""
    root, settings = Path(results.report.root), settings_of(results)
    words = ["facecluster", "group", _short(root)]
    if os.path.realpath(output_folder(root, Settings())) != os.path.realpath(results.out):
        words += ["--out", _short(results.out)]
    return [*words, *_options(settings, Settings(), "")]


def group_command(results: Results) -> str:
    """As one types it, in backquotes."""
    return f"`{shlex.join(group_words(results))}`"


def _options(settings: Any, default: Any, section: str) -> Iterator[str]:
    """The options that differ from what they are when nobody gives them."""
    for item in fields(settings):
        name = f"{section}{item.name}"
        value, plain = getattr(settings, item.name), getattr(default, item.name)
        if is_dataclass(value):
            yield from _options(value, plain, f"{name}.")
        elif value != plain and name not in OF_ONE_RUN and (option := option_of(name)):
            yield from _words(option, value)


def _words(option: str, value: object) -> list[str]:
    if value is True:
        return [option]
    if value is False:
        return ["--no-" + option.removeprefix("--")]
    if isinstance(value, tuple):
        return [word for one in value for word in (option, str(one))]
    return [option, str(value)]


def _short(path: Path) -> str:
    """As seen from here where it lies below, else whole."""
    here, whole = os.getcwd(), os.path.abspath(path)
    if whole == here:
        return "."
    return whole[len(here) + 1 :] if whole.startswith(here.rstrip(os.sep) + os.sep) else whole


def group_again(ctx: click.Context, results: Results) -> Report:
    """Group now, with the settings of the newest run, and tell of it as `group` does."""
    from facecluster.cli.common.opener import reader_opener

    opener, settings = reader_opener(), settings_of(results)
    from facecluster.group import group

    quiet = ctx.params["quiet"]
    with progress_bar(quiet) as progress:
        report = group(Path(results.report.root), settings, progress, open_reader=opener)
    if not quiet:
        show_people(report, results.out, False, False)
        warn_unreadable(report.failures, False)
    return report
