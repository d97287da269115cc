"""What `identify` found: as a plain record, as CSV, and on the screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from facecluster.cli.common.tables import print_whole
from facecluster.cli.common.terminal import clean
from facecluster.embed.embedder import Embedder
from facecluster.evaluate.people.identify import Answer
from facecluster.evaluate.people.known_people import Known
from facecluster.evaluate.people.seen_photos import Seen
from facecluster.output.page.text import plural
from facecluster.output.table import neutral

FORMAT, VERSION = "facecluster-identities", 1
UNKNOWN = "unknown"
PIPE_WIDTH = 10_000  # letters; whoever reads a pipe wants whole paths
COLUMNS = ("photo", "face", "x", "y", "width", "height", "name", "distance", "votes", "quality")


def record(
    seen: Sequence[Seen],
    answers: Sequence[Sequence[Answer]],
    known: Known,
    distance: float,
    model: Embedder,
) -> dict[str, Any]:
    """Everything there is to know. name: None for an unknown face, and `nearest` the known person
    who looks most like it. distance: the largest that counts as the same person."""
    photos = [
        {
            "path": photo.path,
            "width": photo.width,
            "height": photo.height,
            "faces": [] if photo.faces is None else _faces(photo, given, known),
        }
        for photo, given in zip(seen, answers, strict=True)
        if photo.faces is not None
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "distance": distance,
        "model": {"name": model.spec.name, "id": model.model_id},
        "known": known.counts(),
        "known_skipped": [{"path": p, "reason": r} for p, r in known.skipped],
        "photos": photos,
        "failures": [{"path": p.path, "reason": p.problem} for p in seen if p.faces is None],
    }


def _faces(photo: Seen, answers: Sequence[Answer], known: Known) -> list[dict[str, Any]]:
    assert photo.faces is not None
    return [
        {
            "box": [round(float(v), 1) for v in box],
            "name": None if answer.person is None else known.names[answer.person],
            "distance": round(answer.distance, 6),
            "votes": answer.votes,
            "nearest": known.names[answer.nearest],
            "quality": round(float(quality), 4),
        }
        for box, quality, answer in zip(
            photo.faces.boxes, photo.faces.quality, answers, strict=True
        )
    ]


def who_csv(found: Mapping[str, Any]) -> bytes:
    """One row per face as UTF-8 CSV with a header; guarded against spreadsheets as faces.csv is."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(COLUMNS)
    for photo in found["photos"]:
        for number, face in enumerate(photo["faces"], 1):
            name = UNKNOWN if face["name"] is None else neutral(face["name"], "'")
            figures = (face["distance"], face["votes"], face["quality"])
            rows.writerow([neutral(photo["path"], "./"), number, *face["box"], name, *figures])
    return text.getvalue().encode("utf-8", "backslashreplace")


def show(found: Mapping[str, Any]) -> None:
    """The table and a sentence, on stdout."""
    faces = [face for photo in found["photos"] for face in photo["faces"]]
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    if faces:
        print_whole(console, _table(found["photos"]))
    named = sum(face["name"] is not None for face in faces)
    empty = sum(not photo["faces"] for photo in found["photos"])
    without = f", {empty} without a face" if empty else ""
    people = plural(len(found["known"]), "known person", "known people")
    click.echo(
        f"{plural(len(found['photos']), 'photo')}{without}; {plural(len(faces), 'face')}, "
        f"{named} of them recognised among {people}."
    )


def _table(photos: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Photo", overflow="fold")
    table.add_column("Face", justify="right")
    table.add_column("Box")
    table.add_column("Name", overflow="fold")
    for name in ("Distance", "Votes"):
        table.add_column(name, justify="right")
    for photo in photos:
        for number, face in enumerate(photo["faces"], 1):
            x, y, width, height = (round(v) for v in face["box"])
            table.add_row(
                escape(clean(photo["path"])),
                str(number),
                f"{width}x{height}{x:+}{y:+}",
                f"[dim]{UNKNOWN}[/]" if face["name"] is None else escape(clean(face["name"])),
                f"{face['distance']:.4f}",
                str(face["votes"]),
            )
    return table


def warn(found: Mapping[str, Any], verbose: bool) -> None:
    """What could not be used, on stderr."""
    for kind, rows in (
        ("of the known people could not be used", found["known_skipped"]),
        ("could not be read", found["failures"]),
    ):
        shown = rows if verbose else rows[:1]
        for row in shown:
            click.echo(f"{clean(row['path'])}: {clean(row['reason'])}", err=True)
        if rows:
            rest = "" if len(rows) == len(shown) else "; --verbose lists them all"
            click.echo(f"{plural(len(rows), 'photo')} {kind}{rest}.", err=True)
