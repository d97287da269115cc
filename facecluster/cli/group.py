"""facecluster group: a folder of photos becomes a folder per person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from facecluster.cli.common.options import Distance, UserPath, option, settings_from, talk_options
from facecluster.config import (
    DETAILS,
    DEVICES,
    LINKS,
    METHODS,
    ClusterConfig,
    OutputConfig,
    ReadConfig,
    ScanConfig,
    Settings,
)

SOME_UNREADABLE = 3

EPILOG = """
\b
Examples:
  facecluster group ~/Photos
  facecluster group ~/Photos --link none            report only, no folders
  facecluster group ~/Photos --distance 0.07        fewer, larger groups
  facecluster group party/ --method kmeans --people 12
  facecluster group scans/ --exclude 'raw/**' --detail high --json > report.json

Every option can also be set by FACECLUSTER_<OPTION> (FACECLUSTER_MIN_PHOTOS=3) or in a
facecluster.toml in the photo folder (min-photos = 3).
"""


def _options(command: Any) -> Any:
    """The options of group, in the order in which --help shows them."""
    for decorate in reversed(
        (
            option("-o", "--out", type=UserPath(file_okay=False),
                   help="Output folder.  [default: beside PHOTOS, its name with -people]"),
            option("-m", "--method", type=click.Choice(METHODS), default="auto",
                   help="How faces become groups.  auto: average linkage, the wider the fewer "
                   "people could be mixed up; agglomerative: one threshold for all."),
            option("-d", "--distance", type=Distance(), help="Cosine distance at which two groups "
                   "stop being one person; auto moves all its thresholds with it.  [default: "
                   "what the model was measured for]"),
            option("--people", type=click.IntRange(1), help="Number of people, for kmeans.  "
                   "[default: as many as auto finds]"),
            option("--min-photos", type=click.IntRange(1), default=2,
                   help="Fewer photos than this make no person."),
            option("--min-face", type=click.IntRange(1), default=20,
                   help="Ignore faces narrower than this, in px of the photo."),
            option("--allow-twice", is_flag=True,
                   help="One photo may show a person twice (collages, mirrors)."),
            option("--seed", type=click.IntRange(0, 2**32 - 1), default=0,
                   help="For the random starts of kmeans."),
            option("--detail", type=click.Choice(DETAILS), default="normal",
                   help="high finds smaller faces and takes longer, fast the reverse."),
            option("--model", type=UserPath(exists=True, dir_okay=False),
                   help="An ONNX embedder of your own.  [default: the shipped one]"),
            option("--device", type=click.Choice(DEVICES), default="auto",
                   help="What runs the models."),
            option("--include", multiple=True, metavar="GLOB",
                   help="Only photos that match; may be repeated."),
            option("--exclude", multiple=True, metavar="GLOB",
                   help="No photos that match; may be repeated."),
            option("--link", type=click.Choice(LINKS), default="copy",
                   help="How photos get into the folders."),
            option("--unsure/--no-unsure", default=True,
                   help="Also fill the folder of faces that could not be placed."),
            option("-j", "--threads", type=click.IntRange(0, 1024), default=0,
                   help="Photos in work at once.  0: one a core."),
            option("--config", type=UserPath(exists=True, dir_okay=False),
                   help="Settings file.  [default: facecluster.toml in PHOTOS]"),
            option("-n", "--dry-run", is_flag=True, help="Group, but write nothing."),
        )
    ):  # fmt: skip
        command = decorate(command)
    return command


@click.command("group", epilog=EPILOG, no_args_is_help=True)
@click.argument("photos", type=UserPath(exists=True, file_okay=False))
@_options
@talk_options
@click.pass_context
def group_command(ctx: click.Context, /, photos: Path, config: Path | None, **_: Any) -> None:
    """Turn the folder PHOTOS into a folder per person.

    Finds every face, compares them, and writes people/person-001 and so on, the unsure faces,
    report.html, report.json and faces.csv beside the photos. Originals are never touched. A second
    run reads only what is new; another method or distance only groups again.
    """
    values = settings_from(ctx, config, photos)
    settings = _settings(values)
    # After the settings, so that a wrong one is told at once.
    from facecluster.cli.common.console import progress_bar, show_people, warn_unreadable
    from facecluster.cli.common.opener import reader_opener
    from facecluster.group import group, output_folder

    silent = values["quiet"] or values["as_json"]
    with progress_bar(silent) as progress:
        report = group(photos, settings, progress, open_reader=reader_opener())
    if values["as_json"]:
        from facecluster.report.document import report_json

        click.echo(report_json(report), nl=False)
    elif not values["quiet"]:
        out = output_folder(photos, settings)
        show_people(report, out, settings.dry_run, values["verbose"])
    if report.failures:
        if not values["quiet"]:
            warn_unreadable(report.failures, values["verbose"])
        ctx.exit(SOME_UNREADABLE)


def _settings(values: dict[str, Any]) -> Settings:
    return Settings(
        scan=ScanConfig(include=tuple(values["include"]), exclude=tuple(values["exclude"])),
        read=ReadConfig(values["detail"], values["model"], values["device"]),
        cluster=ClusterConfig(
            method=values["method"],
            distance=values["distance"],
            people=values["people"],
            min_photos=values["min_photos"],
            min_face=values["min_face"],
            allow_twice=values["allow_twice"],
            seed=values["seed"],
        ),
        output=OutputConfig(values["out"], values["link"], values["unsure"]),
        threads=values["threads"],
        dry_run=values["dry_run"],
    )
