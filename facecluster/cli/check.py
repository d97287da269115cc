"""facecluster check: is what earlier runs left whole?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facecluster.cli.common.exits import Exit
from facecluster.cli.common.options import A_FOLDER, NEW_FOLDER, brief_options, in_order, option
from facecluster.cli.common.terminal import clean, plain_json

if TYPE_CHECKING:
    from facecluster.check.findings import Health

FORMAT, VERSION = "facecluster-check", 1

EPILOG = """
\b
Examples:
  facecluster check ~/Photos                        the results beside these photos
  facecluster check ~/Photos-people
  facecluster check ~/Photos --json > health.json

Looks at the index, the list of our files, the bytes of every copy, thumbnails and reports, and
whether they all say the same. Nothing is changed. Exit code 0: whole, 1: something is damaged.
"""


_OPTIONS = in_order(
    option("--index", type=NEW_FOLDER,
           help="Folder of the index.  [default: where the newest run had it]"),
)  # fmt: skip


@click.command("check", epilog=EPILOG, no_args_is_help=True)
@click.argument("folder", type=A_FOLDER)
@_OPTIONS
@brief_options
@click.pass_context
def check_command(
    ctx: click.Context, /, folder: Path, index: Path | None, as_json: bool, quiet: bool
) -> None:
    """Look whether the results in FOLDER, or beside the photos in it, are whole.

    Prints a line for whatever is not as the last run left it, with what to do.
    """
    from facecluster.check.folder import check_folder, results_of
    from facecluster.cli.common.console import progress_bar

    with progress_bar(quiet or as_json) as progress:
        health = check_folder(results_of(folder), index, progress)
    if as_json:
        document = json.dumps(_document(health), indent=2, ensure_ascii=False)
        click.echo(plain_json(document.encode("utf-8", "backslashreplace") + b"\n"), nl=False)
    elif not quiet:
        _tell(health)
    ctx.exit(Exit.DONE if health.ok else Exit.ERROR)


def _document(health: Health) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "folder": str(health.out),
        "ok": health.ok,
        "checked": asdict(health.checked),
        "findings": [asdict(finding) for finding in health.findings],
    }


def _tell(health: Health) -> None:
    for found in health.findings:
        click.echo(clean(f"{found.path}: {found.problem}; {found.advice}."))
    n = health.checked
    seen = (
        f"{n.copies} copies, {n.thumbnails} thumbnails, {n.faces} faces of {n.photos} photos, "
        "index and reports"
    )
    bad = sum(finding.damage for finding in health.findings)
    if health.ok:
        click.echo(f"All is well: {seen}.")
    else:
        what = "1 thing is" if bad == 1 else f"{bad} things are"
        click.echo(f"{what} damaged. Looked at {seen}.")
