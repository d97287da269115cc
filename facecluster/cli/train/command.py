"""facecluster train: class folders become an embedding network."""

from __future__ import annotations

import json
import math
import os
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from facecluster.cli.common.exits import Exit
from facecluster.cli.common.extras import need
from facecluster.cli.common.headings import HeadedCommand
from facecluster.cli.common.options import talk_options
from facecluster.cli.common.settings import settings_from
from facecluster.cli.common.terminal import clean
from facecluster.cli.train.options import train_options
from facecluster.cli.train.settings import changes, earlier, run_folder, train_config
from facecluster.cli.train.types import Dataset
from facecluster.train.run.folders import BEST

if TYPE_CHECKING:
    from facecluster.train.history import EpochRow
    from facecluster.train.loop import Result

LOADING = "loading PyTorch"

EPILOG = """
\b
Examples:
  facecluster train photos/                      one folder per person, all else chosen for you
  facecluster train digits --backbone tiny       the set that scikit-learn ships
  facecluster train photos/ --stages arcface:20,triplet:20 --minutes 60
  facecluster train photos/ --init runs/latest/best.pt --lr 1e-4
  facecluster train --resume                     go on with the newest run
  torchrun --nproc-per-node 2 -m facecluster train photos/

Every option can also be set by FACECLUSTER_<OPTION> (FACECLUSTER_LR=0.001) or in a file
(--config). Runs are folders below runs/; afterwards: facecluster export model.onnx
"""


@click.command("train", cls=HeadedCommand, epilog=EPILOG, no_args_is_help=True)
@click.argument("dataset", type=Dataset(), required=False)
@train_options
@talk_options
@click.pass_context
def train_command(
    ctx: click.Context, /, dataset: Path | None, config: Path | None, **_: Any
) -> None:
    """Train an embedding network on DATASET, so that distances tell classes apart.

    DATASET is a folder of class folders (dataset/airplane/airplane_0001.png), MNIST IDX files, a
    CIFAR-10 or CIFAR-100 python archive, or the word digits. Faces are found and aligned first.
    Classes that training never sees are kept for validation.
    """
    values = settings_from(ctx, config, config.parent) if config else dict(ctx.params)
    result = _go_on(ctx, values) if values["resume"] is not None else _begin(dataset, values)
    if not _first_rank():
        pass
    elif values["as_json"]:
        click.echo(json.dumps(_plain(result), indent=2, allow_nan=False))
    elif not values["quiet"]:
        _tell(result, values)
    if result.interrupted:
        if _first_rank():
            run = shlex.quote(str(result.folder))
            click.echo(
                f"Interrupted. Go on with: facecluster train --resume {clean(run)}", err=True
            )
        ctx.exit(Exit.INTERRUPTED)


def _begin(dataset: Path | None, values: dict[str, Any]) -> Result:
    if dataset is None:
        raise click.UsageError("Missing argument 'DATASET'.")
    config = train_config(str(dataset), values)
    _need(config.tensorboard)
    with _listener(values) as listener:
        listener.progress(LOADING, 0, 1)  # which takes seconds
        from facecluster.train.loop import train

        return train(config, listener)


def _go_on(ctx: click.Context, values: dict[str, Any]) -> Result:
    given = {
        name
        for name, value in values.items()
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
        or value != ctx.params[name]  # a settings file said so
    }
    changed = changes(values, given)
    folder = run_folder(values["resume"], values["runs"])
    _need(values["tensorboard"])
    with _listener(values, folder) as listener:
        listener.progress(LOADING, 0, 1)
        from facecluster.train.loop import resume

        return resume(folder, listener, changed)


def _need(tensorboard: bool) -> None:
    need("torch", "matplotlib")
    if tensorboard:
        from facecluster.train.run.tensorboard import need_tensorboard

        need_tensorboard()


def _listener(values: dict[str, Any], folder: Path | None = None) -> Any:
    """folder: of a run that goes on, whose earlier epochs are shown, too."""
    from facecluster.cli.train.display import listening

    rows = earlier(folder) if folder else []
    return listening(values["quiet"] or not _first_rank(), values["verbose"], rows)


def _first_rank() -> bool:
    """Of the processes that torchrun starts only the first one speaks."""
    return os.environ.get("RANK", "0") == "0"


def _plain(result: Result) -> dict[str, Any]:
    best = asdict(result.best) if result.best else None
    return {
        "run": str(result.folder),
        "interrupted": result.interrupted,
        "stopped": result.stopped,
        "best": best and {key: _number(value) for key, value in best.items()},
    }


def _number(value: Any) -> Any:
    """JSON has no word for nan."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _tell(result: Result, values: dict[str, Any]) -> None:
    """Where the run is, how good its best epoch is, and what to do next."""
    click.echo(f"Run: {clean(str(result.folder))}")
    if result.stopped:
        click.echo(clean(result.stopped))
    if result.best is None:
        click.echo("No epoch was validated yet.")
        return
    click.echo(_sentence(result.best))
    if not result.interrupted:
        checkpoint = result.folder / BEST
        usual = values["runs"] == Path("runs") and values["resume"] in (None, "")
        where = "" if usual else f" --checkpoint {shlex.quote(str(checkpoint))}"
        click.echo(f"Next: facecluster export model.onnx{clean(where)}")


def _sentence(best: EpochRow) -> str:
    shares = {
        "accuracy {} %": best.accuracy,
        "EER {} %": best.eer,
        "TAR {} % at FAR 1 %": best.tar_1e2,
        "TAR {} % at FAR 0.1 %": best.tar_1e3,
        "1-NN accuracy {} %": best.holdout_accuracy,
    }
    known = [t.format(f"{100 * v:.1f}") for t, v in shares.items() if math.isfinite(v)]
    if math.isfinite(best.auc):
        known.insert(1, f"AUC {best.auc:.4f}")
    return f"Best epoch: {best.epoch}, {', '.join(known) or 'of which nothing could be measured'}."
