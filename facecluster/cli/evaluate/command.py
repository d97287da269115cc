"""facecluster evaluate: how good a model is at telling people apart."""

from __future__ import annotations

import json
from typing import Any

import click
from click.core import ParameterSource

from facecluster.cli.common.exits import Exit
from facecluster.cli.common.extras import need
from facecluster.cli.common.options import (
    A_FILE,
    A_FOLDER,
    DEVICE,
    NEW_FILE,
    RUNS,
    in_order,
    option,
    talk_options,
    threads,
)
from facecluster.cli.evaluate.grouping import grouping_command
from facecluster.errors import SettingsError

EPILOG = """
\b
Examples:
  facecluster evaluate                              the newest run, on its validation pairs
  facecluster evaluate --pairs pairs.txt --images lfw/
  facecluster evaluate --model faces.onnx --pairs pairs.txt --images lfw/ --roc roc.png
  facecluster evaluate --recalibrate --model faces.onnx --images people/
  facecluster evaluate --recalibrate --model faces.onnx --images people/ --strangers crowd/
  facecluster evaluate grouping people/ --method auto --method hdbscan

Pairs are listed as in LFW's pairs.txt; `facecluster pairs` draws them from any set. The threshold
of each fold is chosen on the other folds; with a single fold the model's own is taken.
"""


_OPTIONS = in_order(
    option("--model", type=A_FILE, help="An ONNX embedder, or a checkpoint (.pt).  [default: with "
           "--pairs or --images the shipped one, else the newest export of the newest run]"),
    option("--pairs", type=A_FILE,
           help="List of verification pairs.  [default: those of the newest run]"),
    option("--images", type=A_FOLDER, help="Folder that the pairs' pictures lie in, a folder a "
           "person.  [default: images/ beside PAIRS, or the folder of PAIRS]"),
    RUNS,
    option("--roc", type=NEW_FILE, help="Draw the ROC curve; a .png, .svg or .pdf file."),
    option("-o", "--out", type=NEW_FILE, help="Also write the figures to this file, as JSON."),
    option("--recalibrate", is_flag=True, help="Measure what the model's distances mean, on all "
           "pictures in the class folders of --images or on the newest run's validation pictures, "
           "and write it into the model."),
    option("--save", type=NEW_FILE, metavar="MODEL.onnx",
           help="With --recalibrate: write the model here and leave the other as it is."),
    option("--strangers", type=A_FOLDER, help="With --recalibrate: pictures of at least 200 people "
           "of all kinds, one of each. The model learns how crowded a face's surroundings are, so "
           "that its distances mean the same for everybody."),
    DEVICE,
    threads("Pictures"),
)  # fmt: skip


@click.group(
    "evaluate",
    epilog=EPILOG,
    invoke_without_command=True,
    subcommand_metavar="[grouping LABELLED_DIR]",
    commands=[grouping_command],
)
@_OPTIONS
@talk_options
@click.pass_context
def evaluate_command(ctx: click.Context, /, **values: Any) -> None:
    """Measure how well a model tells people apart, or how well photos are grouped.

    On pairs of pictures it reports the accuracy of the ten-fold protocol with its standard error,
    the area under the ROC curve, the equal error rate, and the true-accept rate at false-accept
    rates of 1e-1 to 1e-4. `evaluate grouping` has options of its own.
    """
    if ctx.invoked_subcommand is not None:
        _no_options_before(ctx)
        return
    _check(values)
    if values["recalibrate"]:
        from facecluster.cli.evaluate.recalibrate import recalibrate, show_changes

        record = recalibrate(values)
        show = show_changes
    else:
        from facecluster.cli.evaluate.pairs import evaluate, show_figures

        record = evaluate(values)
        show = show_figures
    text = json.dumps(record, indent=1)
    if values["out"] is not None:
        from facecluster.base.atomic import write_atomic

        write_atomic(values["out"], (text + "\n").encode())
    if values["as_json"]:
        click.echo(text)
    elif not values["quiet"]:
        show(record, values["verbose"])
    if record.get("failures"):
        ctx.exit(Exit.SOME_UNREADABLE)


def _no_options_before(ctx: click.Context) -> None:
    """What stands before `grouping` would be lost in silence."""
    given = [
        name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(
            f"--{given[0].removeprefix('as_')} stands before {ctx.invoked_subcommand}; "
            f"put the options of {ctx.invoked_subcommand} behind it", ctx
        )  # fmt: skip


def _check(values: dict[str, Any]) -> None:
    """What excludes each other, and packages that are missing, before anything is opened."""
    if values["recalibrate"]:
        for name in ("pairs", "roc"):
            if values[name] is not None:
                raise SettingsError(
                    f"--{name} and --recalibrate: distances are measured on whole class folders; "
                    "give --images, and evaluate pairs in a run of its own"
                )
        need("onnx")
        return
    if values["save"] is not None:
        raise SettingsError("--save: goes with --recalibrate; figures are written by --out")
    if values["strangers"] is not None:
        raise SettingsError("--strangers: goes with --recalibrate, which writes what they say")
    if values["images"] is not None and values["pairs"] is None:
        raise SettingsError("--images: give --pairs as well, or --recalibrate")
    if values["roc"] is not None:
        from facecluster.evaluate.verification.roc import roc_format

        roc_format(values["roc"])
        need("matplotlib")
