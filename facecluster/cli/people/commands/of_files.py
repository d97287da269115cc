"""Commands that bring files into names and corrections, or take files from them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from facecluster.cli.common.options import (
    A_FILE,
    FORCE_FILE,
    NEW_FILE,
    brief_options,
    option,
    quiet_options,
)
from facecluster.cli.common.terminal import clean
from facecluster.cli.people.commands.of_people import print_json
from facecluster.cli.people.commands.options import change_options, command, place


@command(
    "album", "The photos of a person: paths, JSON, zip.", "album Zoë", "album Zoë --zip zoe.zip"
)
@click.argument("person", metavar="NAME")
@option("--paths", is_flag=True, help="Print a path a line; so it is without --json and --zip.")
@option("--zip", "packed", type=NEW_FILE, metavar="FILE", help="Put the originals into a new zip.")
@FORCE_FILE
@place()
@brief_options
@click.pass_context
def album_command(
    ctx: click.Context,
    /,
    person: str,
    paths: bool,
    packed: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **_: Any,
) -> None:
    """Give the photos of the person NAME (or ID): paths, JSON, or a zip."""
    from facecluster.cli.people.album import album_document, photos_of, write_zip
    from facecluster.cli.people.find.results import results_for
    from facecluster.cli.people.find.who import Who

    if paths + as_json + (packed is not None) > 1:
        raise click.UsageError("choose one of --paths, --json and --zip", ctx)
    results = results_for(ctx)
    somebody = Who(results).find(person)
    if packed is not None:
        count = write_zip(results, photos_of(results, somebody), packed, force)
        if not quiet:
            photos = "1 photo" if count == 1 else f"{count} photos"
            click.echo(clean(f"{photos} of {somebody.label} in {packed}."))
    elif as_json:
        print_json(album_document(results, somebody))
    elif not quiet:
        for photo in photos_of(results, somebody):
            click.echo(Path(results.report.root, photo.path))


@command("export", "Write names and corrections into a file.", "export people.toml")
@click.argument("file", type=NEW_FILE)
@FORCE_FILE
@place()
@quiet_options
@click.pass_context
def export_command(ctx: click.Context, /, file: Path, force: bool, quiet: bool, **_: Any) -> None:
    """Write all names and corrections into FILE, for `people import` elsewhere."""
    from facecluster.cli.people.work.exchange import write_file

    count = write_file(ctx, file, force)
    if not quiet:
        people = "1 person" if count == 1 else f"{count} people"
        click.echo(clean(f"{people} in {file}."))


@command("import", "Add names and corrections of a file.", "import people.toml")
@click.argument("file", type=A_FILE)
@change_options
@click.pass_context
def import_command(ctx: click.Context, /, file: Path, **_: Any) -> None:
    """Add the names and corrections of FILE, which `people export` wrote."""
    from facecluster.cli.people.changing import change
    from facecluster.cli.people.work.exchange import imported

    change(ctx, ("import", file), partial(imported, file=file))


@command("learn", "Take over what was moved by hand.", "learn", "learn --yes --apply")
@option("-y", "--yes", is_flag=True, help="Do not ask.")
@change_options
@click.pass_context
def learn_command(ctx: click.Context, /, yes: bool, **_: Any) -> None:
    """Take files that were dragged between people's folders, or deleted there, as corrections."""
    from facecluster.cli.people.changing import change, tell
    from facecluster.cli.people.find.desk import Desk
    from facecluster.cli.people.find.results import results_for
    from facecluster.cli.people.work.lessons import found_by, learn

    found = found_by(Desk(results_for(ctx)))
    if not found:
        tell(ctx, "Nothing was moved by hand of which it is clear what it says.")
        return
    tell(ctx, "\n".join(map(str, found)))
    if not yes:
        click.confirm("Take this over?", abort=True)
    change(ctx, ("learn",), learn)


@command("undo", "Take back the newest changes.", "undo", "undo 3")
@click.argument("count", type=click.IntRange(1), default=1, metavar="[N]")
@change_options
@click.pass_context
def undo_command(ctx: click.Context, /, count: int, **_: Any) -> None:
    """Take back the newest change, or the newest N."""
    from facecluster.cli.people.changing import undo

    undo(ctx, count)
