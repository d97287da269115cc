"""facecluster export: a trained network becomes an ONNX model that the other commands take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from facecluster.cli.common.extras import need
from facecluster.cli.common.fields import in_options
from facecluster.cli.common.options import (
    A_FILE,
    A_FOLDER,
    FORCE,
    RUNS,
    UserPath,
    in_order,
    option,
    talk_options,
)
from facecluster.cli.common.terminal import clean
from facecluster.cli.export.show import as_json, show, show_more
from facecluster.errors import OutputError, SettingsError
from facecluster.train.onnx.run_exports import OPSET, OPSETS

if TYPE_CHECKING:
    from facecluster.train.onnx.exporter import Exported

EPILOG = """
\b
Examples:
  facecluster export                               the best network of the newest run
  facecluster export faces.onnx --checkpoint runs/faces/best.pt
  facecluster export small.onnx --int8             smaller, and faster on a CPU
  facecluster group ~/Photos --model faces.onnx    use it
"""


_OPTIONS = in_order(
    option("--checkpoint", type=A_FILE,
           help="The network to write.  [default: the best one of the newest run]"),
    RUNS,
    option("--mirror/--no-mirror", default=None,
           help="Embed each crop and its mirror image and average both: steadier, at twice the "
           "time.  [default: as the run did]"),
    option("--int8", is_flag=True, help="Quantise: up to four times smaller, and faster on most "
           "CPUs."),
    option("--calibration", type=A_FOLDER, help="Folder of pictures that set the ranges of --int8. "
           " [default: the training pictures]"),
    option("--opset", type=click.IntRange(*OPSETS), default=OPSET,
           help="Version of ONNX's operators."),
    option("--model-name",
           help="What the model calls itself.  [default: backbone and dimension]"),
    option("--licence", help="What the model says of its licence.  [default: that it depends on "
           "the training data]"),
    FORCE,
)  # fmt: skip


@click.command("export", epilog=EPILOG)
@click.argument("model", type=UserPath(), required=False)
@_OPTIONS
@talk_options
def export_command(**values: Any) -> None:
    """Write a trained network as the ONNX file MODEL, model.onnx in the folder of its run when
    MODEL is left out.

    The file carries its own spec: how crops are prepared, which distance means the same person, and
    where it comes from. It is compared with PyTorch before it gets its name; if the two disagree,
    nothing is written and the exit code is 1.
    """
    _check(values)
    need("torch", "onnx", "onnxscript")
    # After the options, so that a wrong one is told at once.
    from facecluster.train.onnx.run_exports import check_target
    from facecluster.train.run.folders import best_checkpoint

    source: Path = values["checkpoint"] or best_checkpoint(values["runs"])
    target = values["model"] or _default_target(source, values["int8"])
    check_target(target, values["force"])
    made, notes, seconds = _export(source, target, values)
    notes = [in_options(note) for note in (*notes, *_noted(source, made))]
    if values["as_json"]:
        click.echo(as_json(made, source, notes))
    elif not values["quiet"]:
        show(made)
        if values["verbose"]:
            show_more(made, seconds)
        for note in notes:
            click.echo(f"Note: {clean(note)}.", err=True)


def _export(
    source: Path, target: Path, values: dict[str, Any]
) -> tuple[Exported, list[str], dict[str, float]]:
    """What was made, what to know of it, and the seconds of each stage."""
    # These load PyTorch, which takes seconds.
    from facecluster.cli.common.console import progress_bar
    from facecluster.train.model.checkpoint import load
    from facecluster.train.onnx.exporter import export_onnx
    from facecluster.train.onnx.int8_pictures import int8_pictures

    checkpoint = load(source)
    with progress_bar(values["quiet"] or values["as_json"]) as bar:
        progress = _Timed(bar)
        pictures = None
        if values["int8"]:
            pictures = int8_pictures(checkpoint, values["calibration"], progress)
        made = export_onnx(
            checkpoint,
            target,
            mirror=values["mirror"],
            opset=values["opset"],
            int8=pictures,
            name=values["model_name"],
            licence=values["licence"],
            progress=progress,
        )
    return made, [*(pictures.notes if pictures else ()), *made.notes], progress.seconds


class _Timed:
    """Hands progress on, and keeps the seconds from the first to the last word of each stage."""

    def __init__(self, heard: Callable[[str, int, int], None]) -> None:
        self._heard, self._first = heard, dict[str, float]()
        self.seconds: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = perf_counter()
        self.seconds[stage] = now - self._first.setdefault(stage, now)
        self._heard(stage, done, total)


def _check(values: dict[str, Any]) -> None:
    if values["calibration"] and not values["int8"]:
        raise SettingsError("--calibration: says which pictures --int8 uses; add --int8")
    for field in ("model_name", "licence"):
        if values[field] is not None and not values[field].strip():
            option_name = "--" + field.replace("_", "-")
            raise SettingsError(f"{option_name}: give a text, or leave the option out")


def _default_target(source: Path, int8: bool) -> Path:
    from facecluster.train.onnx.run_exports import MODEL, MODEL_INT8

    return source.parent / (MODEL_INT8 if int8 else MODEL)


def _noted(source: Path, made: Exported) -> list[str]:
    """Write the export into its run's list; a sentence when that cannot be done."""
    from facecluster.train.onnx.run_exports import ExportEntry, note_export, run_of

    run = run_of(source)
    if run is None:
        return []
    stamp = datetime.now().astimezone().isoformat(timespec="seconds")
    path, int8 = str(made.path.resolve()), made.agreement is not None
    try:
        note_export(run, ExportEntry(path, made.sha256, stamp, made.mirror, int8))
    except OutputError as error:
        return [f"the run does not know of this export ({error})"]
    return []
