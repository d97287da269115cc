"""facecluster group: a folder of photos becomes a folder per person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facecluster.base.paths import too_long
from facecluster.cli.common.exits import Exit
from facecluster.cli.common.options import (
    A_FILE,
    A_FOLDER,
    ALLOW_TWICE,
    DISTANCE,
    MEMORY,
    MIN_FACE,
    MIN_PHOTOS,
    NEW_FOLDER,
    PEOPLE,
    READING,
    SEED,
    in_order,
    option,
    read_config,
    talk_options,
    threads,
)
from facecluster.cli.common.settings import settings_from
from facecluster.cli.common.terminal import plain_json
from facecluster.config import (
    LINKS,
    METHODS,
    WRITE_NAMES,
    ClusterConfig,
    NamesConfig,
    OutputConfig,
    ScanConfig,
    Settings,
    output_folder,
)
from facecluster.errors import SettingsError

if TYPE_CHECKING:
    from facecluster.report.records import Report

EPILOG = """
\b
Examples:
  facecluster group ~/Photos
  facecluster group ~/Photos --link none            report only, no folders
  facecluster group ~/Photos --distance 0.07        fewer, larger groups
  facecluster group party/ --method kmeans --people 12
  facecluster group scans/ --exclude 'raw/**' --detail high --json > report.json

Every option can also be set by FACECLUSTER_<OPTION> (FACECLUSTER_MIN_PHOTOS=3) or in a file
(--config). facecluster.toml in the photo folder sets how it is grouped (min-photos = 3), no more.
"""


_OPTIONS = in_order(
    option("-o", "--out", type=NEW_FOLDER,
           help="Output folder.  [default: beside PHOTOS, its name with -people]"),
    option("--index", type=NEW_FOLDER,
           help="Folder for the index, on a local disk where results go to a share without locks. "
           "Give it again in every run.  [default: .facecluster in the output folder]"),
    option("-m", "--method", type=click.Choice(METHODS), default="auto",
           help="How faces become groups.  auto: average linkage, the wider the fewer people could "
           "be mixed up; agglomerative: one threshold for all."),
    DISTANCE,
    PEOPLE,
    MIN_PHOTOS,
    MIN_FACE,
    ALLOW_TWICE,
    SEED,
    *READING,
    option("--include", multiple=True, metavar="GLOB",
           help="Only photos that match; may be repeated."),
    option("--exclude", multiple=True, metavar="GLOB",
           help="No photos that match; may be repeated."),
    option("--videos", is_flag=True,
           help="Read videos, too: who is in one is found in its frames."),
    option("--reread", multiple=True, metavar="GLOB",
           help="Read photos that match again, though nothing about them seems to have changed; "
           "'**' for all; may be repeated."),
    option("--regroup", is_flag=True,
           help="Form the groups anew, though nothing has changed since the last run."),
    option("--empty-ok", is_flag=True,
           help="Empty the results too when PHOTOS has no photos any more."),
    option("--link", type=click.Choice(LINKS), default="copy",
           help="How photos get into the folders."),
    option("--link-copies", is_flag=True,
           help="Put every copy of a photo (resized, edited, sent) into the folders, not only the "
           "best one."),
    option("--unsure/--no-unsure", default=True,
           help="Also fill the folder of faces that could not be placed."),
    option("--read-names", is_flag=True,
           help="Take over names and face regions that other programs wrote into the photos or "
           "beside them (XMP, Picasa, Google Takeout)."),
    option("--write-names", type=click.Choice(WRITE_NAMES), default="no",
           help="Write the names of people for other programs.  sidecar: into PHOTO.xmp beside "
           "each photo; embed: into the photos, by exiftool, after a backup."),
    option("--known", type=A_FOLDER, metavar="DIR",
           help="Known people, a folder each or NAME_1.jpg: who looks like them gets their name."),
    option("--take-over", is_flag=True,
           help="Also use an output folder that holds the results of another photo folder."),
    threads(),
    MEMORY,
    option("--config", type=A_FILE, help="Settings file.  [default: facecluster.toml in PHOTOS]"),
    option("-n", "--dry-run", is_flag=True, help="Group, but write nothing."),
)  # fmt: skip


@click.command("group", epilog=EPILOG, no_args_is_help=True)
@click.argument("photos", type=NEW_FOLDER)
@_OPTIONS
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

    opener = reader_opener()  # first, as it says whether there is room for the rest
    from facecluster.group import group

    out = output_folder(photos, settings)
    if long := too_long(out):
        raise SettingsError(f"{long} for results beside the photos; choose their folder with --out")
    silent = values["quiet"] or values["as_json"]
    with progress_bar(silent) as progress:
        report = group(photos, settings, progress, open_reader=opener)
    if values["as_json"]:
        from facecluster.report.document import report_json

        click.echo(plain_json(report_json(report)), nl=False)
    elif not values["quiet"]:
        none_found = "" if report.photos else _why_none(photos, settings.scan, out, report)
        show_people(report, out, settings.dry_run, values["verbose"], none_found)
    if report.failures:
        if not values["quiet"]:
            warn_unreadable(report.failures, values["verbose"])
        ctx.exit(Exit.SOME_UNREADABLE)


def _why_none(photos: Path, config: ScanConfig, out: Path, report: Report) -> str:
    """What to say where no photo was grouped: the folder has none, or they are all left out."""
    from facecluster.cli.common.console import NONE_FOUND, NONE_READ, ONLY_OTHERS
    from facecluster.photos.scan import scan

    globs = {"--include": config.include, "--exclude": config.exclude}
    given = " and ".join(name for name, patterns in globs.items() if patterns)
    there = len(scan(photos, ScanConfig(), skip=out).files) if given else 0
    if there:
        which = "The only photo of this folder is" if there == 1 else f"All {there} photos are"
        return f"{which} left out by {given}."
    if report.failures:
        return NONE_READ
    return ONLY_OTHERS if any(not r.folders for r in report.left_out) else NONE_FOUND


def _settings(values: dict[str, Any]) -> Settings:
    return Settings(
        scan=ScanConfig(
            include=tuple(values["include"]),
            exclude=tuple(values["exclude"]),
            empty_ok=values["empty_ok"],
            reread=tuple(values["reread"]),
            videos=values["videos"],
        ),
        read=read_config(values),
        cluster=ClusterConfig(
            method=values["method"],
            distance=values["distance"],
            people=values["people"],
            min_photos=values["min_photos"],
            min_face=values["min_face"],
            allow_twice=values["allow_twice"],
            seed=values["seed"],
        ),
        output=OutputConfig(
            folder=values["out"],
            link=values["link"],
            unsure=values["unsure"],
            index=values["index"],
            take_over=values["take_over"],
            link_copies=values["link_copies"],
        ),
        names=NamesConfig(
            read=values["read_names"],
            write=values["write_names"],
            known=values["known"],
        ),
        threads=values["threads"],
        memory=values["memory"],
        dry_run=values["dry_run"],
        regroup=values["regroup"],
    )
