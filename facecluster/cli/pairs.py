"""facecluster pairs: a list of verification pairs in LFW's format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from facecluster.cli.common.options import NEW_FILE, UserPath, brief_options, in_order, option
from facecluster.cli.common.terminal import clean
from facecluster.errors import OutputError

EACH = 300  # pairs of each kind in a fold, as LFW has them

EPILOG = """
\b
Examples:
  facecluster pairs dataset/                        writes pairs.txt here
  facecluster pairs dataset/ --folds 5 --same 100
  facecluster pairs cifar10/test -o test-pairs.txt
  facecluster train cifar10/train --pairs test-pairs.txt --pairs-images cifar10/test

The first line says how many folds and pairs there are; each fold lists same pairs
(NAME n1 n2), then different ones (NAME1 n1 NAME2 n2). A number n is the picture
NAME/NAME_000n, anything else a file in the folder NAME.
"""


_OPTIONS = in_order(
    option("-o", "--out", type=NEW_FILE, default="pairs.txt", help="The file to write."),
    option("--folds", type=click.IntRange(1, 1000), default=10, help="Parts of the list."),
    option("--same", type=click.IntRange(1, 10**6),
           help="Same pairs per fold.  [default: 300, or what the data has]"),
    option("--different", type=click.IntRange(1, 10**6),
           help="Different pairs per fold.  [default: as many as same ones]"),
    option("--seed", type=click.IntRange(0, 2**32 - 1), default=0,
           help="What the draw starts from."),
    option("--force", is_flag=True, help="Replace a file that is there."),
)  # fmt: skip


@click.command("pairs", epilog=EPILOG, no_args_is_help=True)
@click.argument("dataset", type=UserPath())
@_OPTIONS
@brief_options
def pairs_command(
    dataset: Path,
    out: Path,
    folds: int,
    same: int | None,
    different: int | None,
    seed: int,
    force: bool,
    **talk: Any,
) -> None:
    """Draw verification pairs from DATASET, a folder of class folders.

    Half of the pairs show the same class twice, half show two classes, none comes twice. Pictures
    are not opened. The list serves `train --pairs` and `evaluate --pairs`.
    """  # fmt: skip
    if out.exists() and not force:
        raise OutputError(f"{out}: is there already; --force replaces it, --out names another")
    wanted = same or different or EACH, different or same or EACH
    report = _write(str(dataset), out, wanted, folds, seed)
    if talk["as_json"]:
        click.echo(json.dumps(report, indent=2))
    elif not talk["quiet"]:
        _tell(report, wanted, folds)


def _write(
    dataset: str, out: Path, wanted: tuple[int, int], folds: int, seed: int
) -> dict[str, Any]:
    """Draw and write; gives what there is to tell."""
    from facecluster.evaluate.verification.pair_lists import Pairs, write_pairs
    from facecluster.train.data.pair_rows import draw_folds
    from facecluster.train.data.picture_names import names_and_labels

    names, labels = names_and_labels(dataset)
    drawn = draw_folds(labels, wanted, folds, seed)
    first = tuple(names[row] for row in drawn.first.tolist())
    second = tuple(names[row] for row in drawn.second.tolist())
    write_pairs(out, Pairs(first, second, drawn.same, drawn.fold), among=names)
    made = int(drawn.fold.max()) + 1
    return {
        "file": str(out),
        "folds": made,
        "same": int(drawn.same.sum()) // made,
        "different": int((~drawn.same).sum()) // made,
        "pictures": len({*first, *second}),
        "classes": len({name.split("/")[0] for name in (*first, *second)}),
        "seed": seed,
    }


def _tell(report: dict[str, Any], wanted: tuple[int, int], folds: int) -> None:
    counts = report["same"], report["different"]
    kinds = f"{counts[0]} same and {counts[1]} different pairs" + (
        " each" if report["folds"] > 1 else ""
    )
    click.echo(
        clean(
            f"{report['file']}: {report['folds']} fold{'s' * (report['folds'] > 1)} of {kinds}, "
            f"{report['pictures']} pictures of {report['classes']} classes."
        )
    )
    if counts != wanted or report["folds"] != folds:
        click.echo(
            f"The set has too few pictures for {folds} folds of {wanted[0]} same and "
            f"{wanted[1]} different pairs, so there are fewer.",
            err=True,
        )
