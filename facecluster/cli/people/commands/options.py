"""Options that all commands on names and corrections share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from facecluster.cli.common.options import NEW_FOLDER, Command, Decorator, option, quiet_options


def place() -> Decorator[Any]:
    """-o, as each of the commands and `people` itself take it."""
    return option(
        "-o", "--out", type=NEW_FOLDER,
        help="Output folder.  [default: PHOTOS if it is one, else beside it]"
    )  # fmt: skip


APPLY = option("--apply", is_flag=True, help="Group at once, with the settings of the newest run.")


def change_options(command: Command) -> Command:
    """--out, --apply, --quiet and --debug."""
    changed: Command = place()(APPLY(quiet_options(command)))
    return changed


def command(name: str, about: str, *examples: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of `people`. about: its line in the list. examples: words after the folder."""
    lines = "\n".join(f"  facecluster people ~/Photos {example}".rstrip() for example in examples)
    kind = "Example" if len(examples) == 1 else "Examples"
    epilog = f"\b\n{kind}:\n{lines}"

    def decorate(function: Callable[..., Any]) -> click.Command:
        return click.command(name, short_help=about, epilog=epilog)(function)

    return decorate
