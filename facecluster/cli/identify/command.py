"""facecluster identify: who is in photos, from a folder of known people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from facecluster.cli.common.exits import Exit
from facecluster.cli.common.options import (
    A_FOLDER,
    ALLOW_TWICE,
    MIN_FACE,
    NEW_FILE,
    READING,
    Distance,
    UserPath,
    in_order,
    option,
    read_config,
    talk_options,
    threads,
)

EPILOG = """
\b
Examples:
  facecluster identify party.jpg --known family/
  facecluster identify ~/Photos --known family/ --csv who.csv
  facecluster identify *.jpg --known family/ -k 3 --json

\b
The folder of known people holds one folder per person, or pictures called by their name:
  family/Ada/holiday.jpg    family/Grace.jpg    family/Alan_1.jpg    family/Alan_2.jpg

A face takes the name that the nearest known pictures vote for. Who is not within the distance of
any of them is unknown.
"""


_OPTIONS = in_order(
    option("--known", type=A_FOLDER, required=True,
           help="Folder of pictures of the people to be recognised."),
    option("-k", "--neighbours", type=click.IntRange(1), default=5,
           help="How many of the nearest known pictures vote."),
    option("-d", "--distance", type=Distance(), help="Largest cosine distance to a known picture "
           "of the same person.  [default: the model's]"),
    ALLOW_TWICE,
    MIN_FACE,
    option("--csv", "table", type=NEW_FILE, help="Also write one row per face to this file."),
    *READING,
    threads(),
)  # fmt: skip


@click.command("identify", epilog=EPILOG, no_args_is_help=True)
@click.argument("photos", nargs=-1, required=True, type=UserPath(exists=True))
@_OPTIONS
@talk_options
@click.pass_context
def identify_command(ctx: click.Context, /, photos: tuple[Path, ...], **options: Any) -> None:
    """Tell who is in PHOTOS (files or folders), from a folder of known people.

    Prints one row per face: the photo, the face's number from the left, its box, the name or
    `unknown`, the distance to the nearest known picture of that person, and the votes.
    """
    from facecluster.base.atomic import write_atomic
    from facecluster.cli.common.console import progress_bar
    from facecluster.cli.common.opener import reader_opener
    from facecluster.cli.identify.results import record, show, warn, who_csv
    from facecluster.evaluate.people.identify import identify
    from facecluster.evaluate.people.known_people import known_people
    from facecluster.evaluate.people.seen_photos import see_folder, see_photos

    folder: Path = options["known"]
    silent, threads = options["quiet"] or options["as_json"], options["threads"]
    reader = reader_opener()(read_config(options))
    spec = reader.embedder.spec
    with progress_bar(silent) as progress:
        known = known_people(see_folder(reader, folder, threads, progress), str(folder))
    with progress_bar(silent) as progress:
        seen = see_photos(reader, photos, folder, threads, progress)
    if spec.align == "faces":
        seen = [photo.at_least(options["min_face"]) for photo in seen]
    limit = spec.distance if options["distance"] is None else options["distance"]
    rule = options["neighbours"], limit, options["allow_twice"]
    answers = [[] if p.faces is None else identify(p.faces, known, *rule) for p in seen]
    found = record(seen, answers, known, limit, reader.embedder)
    if options["table"] is not None:
        write_atomic(options["table"], who_csv(found))
    if options["as_json"]:
        click.echo(json.dumps(found, indent=1))
    elif not options["quiet"]:
        show(found)
    if not options["quiet"]:
        warn(found, options["verbose"])
    if found["failures"]:
        ctx.exit(Exit.SOME_UNREADABLE)
