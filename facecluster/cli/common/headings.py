"""Options under headings, for a command that has many."""

from __future__ import annotations

from typing import Any

import click

from facecluster.cli.common.options import Decorator, option

REST = "Options"


class HeadedOption(click.Option):
    """An option that knows under which heading of the help it stands."""

    def __init__(self, *names: Any, heading: str = REST, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.heading = heading


class HeadedCommand(click.Command):
    """A command whose help lists the options heading by heading, in the order of declaration."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                sections.setdefault(getattr(param, "heading", REST), []).append(record)
        rest = sections.pop(REST, [])  # --quiet, --help and the like come last
        for heading, records in [*sections.items(), (REST, rest)]:
            with formatter.section(heading):
                formatter.write_dl(records)


def under(heading: str, *options: tuple[tuple[str, ...], dict[str, Any]]) -> list[Decorator[Any]]:
    """Decorators of options under one heading, from their names and settings."""
    return [
        option(*names, cls=HeadedOption, heading=heading, **settings) for names, settings in options
    ]


def opt(*names: str, **settings: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Names and settings of one option, for `under`."""
    return names, settings
