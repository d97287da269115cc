"""Commands on people: who there is, what they are called, who is one and who is hidden."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import click

from facecluster.cli.common.options import brief_options, option
from facecluster.cli.common.terminal import plain_json
from facecluster.cli.people.commands.options import change_options, command, place

ID = click.argument("person", metavar="ID")


@command("list", "List everybody.", "", "list --json", "list --hidden")
@option("--hidden", is_flag=True, help="Also list people who are hidden.")
@place()
@brief_options
@click.pass_context
def list_command(ctx: click.Context, /, hidden: bool, as_json: bool, quiet: bool, **_: Any) -> None:
    """List everybody: id, name, photos, faces.

    Confirmed: faces that somebody said are this person. Waiting: faces that were spoken of and are
    not in the newest report, as their photo is not there or they were added since.
    """
    from facecluster.cli.people.find.results import results_for
    from facecluster.cli.people.listing import people_document, show_list

    results = results_for(ctx)
    if as_json:
        print_json(people_document(results, hidden))
    elif not quiet:
        show_list(results, hidden)


def print_json(document: dict[str, Any]) -> None:
    """On stdout, with nothing in it that a terminal would obey."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    click.echo(plain_json(text.encode("utf-8", "backslashreplace") + b"\n"), nl=False)


@command("name", "Give a person a name.", "name 14 Zoë", "name Zoë 'Zoë Miller'", "name 14 ''")
@ID
@click.argument("name", nargs=-1, required=True)
@change_options
@click.pass_context
def name_command(ctx: click.Context, /, person: str, name: tuple[str, ...], **_: Any) -> None:
    """Call the person ID by this NAME; '' takes the name away."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_people import named

    whole = " ".join(name)
    change(ctx, ("name", person, whole), partial(named, text=person, name=whole))


@command("merge", "Make one person of several.", "merge Zoë 31", "merge 3 5 8")
@ID
@click.argument("others", nargs=-1, required=True, metavar="ID...")
@change_options
@click.pass_context
def merge_command(ctx: click.Context, /, person: str, others: tuple[str, ...], **_: Any) -> None:
    """Make one person of several: all become the first, whose name stays."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_people import merged

    change(ctx, ("merge", person, *others), partial(merged, text=person, others=others))


@command("hide", "No folder for a person, and no line in lists.", "hide 14")
@ID
@change_options
@click.pass_context
def hide_command(ctx: click.Context, /, person: str, **_: Any) -> None:
    """Hide the person ID: no folder, and not in lists."""
    _hide(ctx, person, True)


@command("show", "Show a person again who is hidden.", "show 14")
@ID
@change_options
@click.pass_context
def show_command(ctx: click.Context, /, person: str, **_: Any) -> None:
    """Show the person ID again, who was hidden."""
    _hide(ctx, person, False)


def _hide(ctx: click.Context, person: str, hide: bool) -> None:
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.on_people import hidden

    change(ctx, ("hide" if hide else "show", person), partial(hidden, text=person, hide=hide))
