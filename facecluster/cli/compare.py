"""facecluster compare: do two pictures show the same person?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facecluster.cli.common.options import (
    A_FILE,
    NEW_FILE,
    READING,
    Distance,
    in_order,
    option,
    read_config,
    talk_options,
)
from facecluster.cli.common.terminal import clean
from facecluster.errors import FaceclusterError

if TYPE_CHECKING:
    from facecluster.embed.embedder import Embedder
    from facecluster.evaluate.people.compare import Comparison
    from facecluster.evaluate.people.picture_faces import Faces

FORMAT, VERSION = "facecluster-comparison", 1

EPILOG = """
\b
Examples:
  facecluster compare alice.jpg unknown.jpg
  facecluster compare wedding.jpg party.jpg --picture who.png
  facecluster compare a.png b.png --model digits.onnx --json

Faces are numbered from left to right. All of one picture are compared with all of the other; the
answer is that of the nearest pair. A model of whole pictures compares the pictures.
"""


_OPTIONS = in_order(
    option("-d", "--distance", type=Distance(),
           help="Largest cosine distance of one person.  [default: the model's]"),
    option("--picture", type=NEW_FILE, help="Draw both with their faces and lines between those "
           "that match; a .png, .jpg or .webp file."),
    *READING,
)  # fmt: skip


@click.command("compare", epilog=EPILOG, no_args_is_help=True)
@click.argument("a", type=A_FILE)
@click.argument("b", type=A_FILE)
@_OPTIONS
@talk_options
def compare_command(a: Path, b: Path, **options: Any) -> None:
    """Tell whether the pictures A and B show the same person.

    Prints the distance of their faces, the answer at the model's threshold, and how often
    different people are that near.
    """
    from facecluster.base.atomic import write_atomic
    from facecluster.cli.common.opener import reader_opener
    from facecluster.evaluate.people.compare import compare
    from facecluster.evaluate.people.drawing import draw, picture_format
    from facecluster.evaluate.people.picture_faces import look

    target: Path | None = options["picture"]
    form = picture_format(target.suffix) if target is not None else ""
    reader = reader_opener()(read_config(options))
    spec = reader.embedder.spec
    (picture_a, faces_a), (picture_b, faces_b) = look(reader, a), look(reader, b)
    for path, faces in ((a, faces_a), (b, faces_b)):
        if not len(faces):
            raise FaceclusterError(
                f"{path}: no face was found in it; --detail high finds smaller ones"
            )
    threshold = spec.distance if options["distance"] is None else options["distance"]
    found = compare(faces_a, faces_b, threshold, spec.far_table)
    if target is not None:
        drawn = draw((picture_a, picture_b), (faces_a, faces_b), found, form)
        write_atomic(target, drawn)
    if options["as_json"]:
        both = {"a": _side(a, faces_a), "b": _side(b, faces_b)}
        click.echo(json.dumps(_record(reader.embedder, found, both), indent=1))
    elif not options["quiet"]:
        _show(reader.embedder, found, options["verbose"])
        if target is not None:
            click.echo(f"Picture: {clean(str(target))}")


def _side(path: Path, faces: Faces) -> dict[str, Any]:
    return {
        "path": str(path),
        "faces": [
            {"box": [round(float(v), 1) for v in box], "quality": round(float(quality), 4)}
            for box, quality in zip(faces.boxes, faces.quality, strict=True)
        ],
    }


def _record(model: Embedder, found: Comparison, sides: dict[str, Any]) -> dict[str, Any]:
    """Faces are counted from 0, as their place in the lists."""
    strangers = found.strangers
    return {
        "format": FORMAT,
        "version": VERSION,
        "same": found.same,
        "distance": round(found.distance, 6),
        "threshold": found.threshold,
        "nearest": list(found.nearest),
        "matches": [list(pair) for pair in found.matches],
        "distances": [[round(float(v), 6) for v in row] for row in found.distances],
        "false_accepts": strangers and {"rate": strangers.rate, "bound": strangers.bound},
        "measured_on": model.spec.measured_on,
        "model": {"name": model.spec.name, "id": model.model_id},
        **sides,
    }


def _show(model: Embedder, found: Comparison, verbose: bool) -> None:
    from facecluster.evaluate.calibration.false_accepts import in_words

    things = "classes" if model.spec.align == "none" else "people"
    answer = {"people": "same person", "classes": "same class"}[things]
    if not found.same:
        answer = f"different {things}"
    pair = ""
    if found.distances.size > 1:
        _matrix(found)
        pair = f"Face {found.nearest[0] + 1} of A and face {found.nearest[1] + 1} of B: "
    near = "within" if found.same else "beyond"
    sentence = f"{answer}, as the distance {found.distance:.4f} is {near} {found.threshold:.4f}."
    click.echo(pair + (sentence if pair else sentence[0].upper() + sentence[1:]))
    click.echo(in_words(found.strangers, things))
    if verbose and found.strangers is not None:
        click.echo(f"Measured on {clean(model.spec.measured_on)}.")


def _matrix(found: Comparison) -> None:
    """One row per face of A, one column per face of B; the same people in green."""
    from rich.console import Console
    from rich.table import Table

    from facecluster.cli.common.tables import print_whole

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for column in range(found.distances.shape[1]):
        table.add_column(f"B {column + 1}", justify="right")
    matched = set(found.matches)
    for row, distances in enumerate(found.distances):
        cells = [
            f"[green]{d:.4f} =[/]" if (row, column) in matched else f"{d:.4f}  "
            for column, d in enumerate(distances)
        ]
        table.add_row(f"A {row + 1}", *cells)
    console = Console(highlight=False, soft_wrap=True)
    print_whole(console, table)
