"""facecluster evaluate grouping: how right the groups of labelled photos are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from facecluster.base.progress import Progress
from facecluster.cli.common.exits import Exit
from facecluster.cli.common.options import (
    A_FOLDER,
    DISTANCE,
    MIN_FACE,
    MIN_PHOTOS,
    PEOPLE,
    READING,
    SEED,
    in_order,
    option,
    read_config,
    talk_options,
    threads,
)
from facecluster.config import METHODS, ClusterConfig, OutputConfig, Settings

if TYPE_CHECKING:
    from facecluster.report.records import Report

FORMAT, VERSION = "facecluster-grouping-quality", 1

EPILOG = """
\b
Examples:
  facecluster evaluate grouping people/
  facecluster evaluate grouping people/ --method auto --method hdbscan --json
  facecluster evaluate grouping digits/ --model digits.onnx --method kmeans --people 10

People are told by the folders that their photos lie in, and a photo is judged by the face nearest
its middle. Faces that could not be placed count as people of their own. Photos are read once, and
nothing is written beside them.
"""


_OPTIONS = in_order(
    option("-m", "--method", "methods", type=click.Choice(METHODS), multiple=True,
           default=("auto",), help="How faces become groups; may be repeated."),
    DISTANCE,
    PEOPLE,
    MIN_PHOTOS,
    MIN_FACE,
    SEED,
    *READING,
    threads(),
)  # fmt: skip


@click.command(
    "grouping",
    epilog=EPILOG,
    no_args_is_help=True,
    short_help="Judge the groups of photos that lie in one folder per person.",
)
@click.argument("labelled_dir", type=A_FOLDER)
@_OPTIONS
@talk_options
@click.pass_context
def grouping_command(
    ctx: click.Context, /, labelled_dir: Path, methods: tuple[str, ...], **values: Any
) -> None:
    """Group the photos in LABELLED_DIR, a folder of class folders, and judge the groups.

    Reports pairwise and BCubed precision, recall and F, normalised mutual information, adjusted
    Rand index, coverage, the number of people, time and memory.
    """
    methods = tuple(dict.fromkeys(methods))
    configs = [_cluster(method, methods, values) for method in methods]
    from facecluster.cli.common.console import progress_bar, warn_unreadable
    from facecluster.report.document import members
    from facecluster.train.data.class_folders import list_classes

    list_classes(labelled_dir, at_least=1)  # says what is wrong with the layout
    silent = values["quiet"] or values["as_json"]
    with progress_bar(silent) as progress:
        reports = _reports(labelled_dir, configs, values, progress)
    first = reports[0][0]
    record: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "folder": str(labelled_dir),
        "model": first.run.model,
        "reading_seconds": first.run.seconds["read"],
        "methods": [_row(config, *rest) for config, rest in zip(configs, reports, strict=True)],
        "failures": first.failures,
    }
    if values["as_json"]:
        click.echo(json.dumps(record, indent=1, default=members))
    elif not values["quiet"]:
        _show(record)
    if first.failures:
        if not values["quiet"]:
            warn_unreadable(first.failures, values["verbose"])
        ctx.exit(Exit.SOME_UNREADABLE)


def _cluster(method: str, methods: Sequence[str], values: dict[str, Any]) -> ClusterConfig:
    """--people is for kmeans alone, unless there is none: then it is refused."""
    for_this = method == "kmeans" or "kmeans" not in methods
    return ClusterConfig(
        method=method,  # type: ignore[arg-type]
        distance=values["distance"],
        people=values["people"] if for_this else None,
        min_photos=values["min_photos"],
        min_face=values["min_face"],
        seed=values["seed"],
    )


def _reports(
    folder: Path,
    configs: Sequence[ClusterConfig],
    values: dict[str, Any],
    progress: Progress,
) -> list[tuple[Report, float | None]]:
    """The report of each, and the most memory up to then in MB. One index serves them all."""
    from facecluster.base.machine import peak_megabytes
    from facecluster.cli.common.opener import reader_opener
    from facecluster.group import group

    found = []
    with TemporaryDirectory(prefix="facecluster-") as out:
        for config in configs:
            settings = Settings(
                read=read_config(values),
                cluster=config,
                output=OutputConfig(Path(out), "none"),
                threads=values["threads"],
            )
            report = group(folder, settings, progress, open_reader=reader_opener())
            found.append((report, peak_megabytes()))
    return found


def _row(config: ClusterConfig, report: Report, peak: float | None) -> dict[str, Any]:
    from facecluster.evaluate.grouping import judge

    judged = judge(report)
    scores = {
        name: {"precision": score.precision, "recall": score.recall, "f": score.f}
        for name, score in (("pairwise", judged.pairwise), ("bcubed", judged.bcubed))
    }
    return {
        "method": config.method,
        "distance": report.run.distance,
        **scores,
        "nmi": judged.nmi,
        "ari": judged.ari,
        "coverage": judged.coverage,
        "photos": judged.photos,
        "true_people": judged.true_people,
        "people": judged.people,
        "seconds": report.run.seconds["cluster"],
        "peak_mb": None if peak is None else round(peak),
        "notes": report.notes,
    }


def _show(record: dict[str, Any]) -> None:
    """One column per method, so that any number of figures fits on the screen."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from facecluster.cli.common.tables import print_whole
    from facecluster.cli.common.terminal import clean

    def three(row: dict[str, Any], kind: str) -> str:
        score = row[kind]
        return f"{score['precision']:.3f}  {score['recall']:.3f}  {score['f']:.3f}"

    figures: dict[str, Callable[[dict[str, Any]], str]] = {
        "pairwise P, R, F": lambda row: three(row, "pairwise"),
        "BCubed P, R, F": lambda row: three(row, "bcubed"),
        "NMI": lambda row: f"{row['nmi']:.3f}",
        "ARI": lambda row: f"{row['ari']:.3f}",
        "coverage": lambda row: f"{row['coverage']:.3f}",
        "people": lambda row: f"{row['people']} of {row['true_people']}",
        "distance": lambda row: f"{row['distance']:.4f}",
        "seconds": lambda row: f"{row['seconds']:.2f}",
        "peak MB so far": lambda row: "n/a" if row["peak_mb"] is None else str(row["peak_mb"]),
    }
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for row in record["methods"]:
        table.add_column(row["method"], justify="right")
    for name, cell in figures.items():
        table.add_row(name, *(cell(row) for row in record["methods"]))
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    print_whole(console, table)
    photos = record["methods"][0]["photos"]
    console.print(f"{photos:,} photos judged, read in {record['reading_seconds']:.1f} s.")
    for row in record["methods"]:
        for note in row["notes"]:
            console.print(escape(clean(f"{row['method']}: {note}")), style="yellow")
