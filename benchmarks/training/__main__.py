"""`facecluster train` next to a plain loop with pytorch-metric-learning, for the same time.

    python -m benchmarks.training [DATASET] [--minutes M] [--backbone B] [--image-size S]
        [--val-share X] [--seed N ...] [--only ours|plain] [--together] [--threads N]
        [--json FILE] [--picture FILE]

Both learn from the same packed pictures with the same backbone, batch size and threads, and are
judged by the same code on the same pairs of unseen classes, embedded in the same way. Ours runs as
the command with its defaults; its validations count as its time, those of the plain loop do not.
With several seeds they take turns; `--together` runs both at once, each with `--threads`, so that
whatever else the machine does falls on both. Without a DATASET: pins44 of ../shared/data, 14 people
unseen.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, harmonic_mean
from typing import Any

from benchmarks.common.places import CACHE, PINS, ROOT
from facecluster.cli.common.extras import need
from facecluster.errors import FaceclusterError
from facecluster.train.config import DataConfig, ModelConfig, TrainConfig
from facecluster.train.history import read_history
from facecluster.train.run.folders import HISTORY

PEER = "pytorch_metric_learning"
FIGURES = ("accuracy", "auc", "eer", "tar_1e2", "tar_1e3")
HEAD = (
    f"{'who':<7}{'seed':>5}{'minutes':>9}{'pictures/s':>12}{'accuracy':>10}{'AUC':>8}"
    f"{'TAR 1e-2':>10}{'TAR 1e-3':>10}{'last accuracy':>15}"
)


def config_of(options: argparse.Namespace, seed: int) -> TrainConfig:
    """What both train by."""
    data = DataConfig(
        options.dataset,
        image_size=options.image_size,
        val_share=options.val_share,
        cache=CACHE / "training",
    )
    model = ModelConfig(backbone=options.backbone)
    return TrainConfig(data, model, seed=seed, threads=options.threads)


def ours(config: TrainConfig, minutes: float) -> tuple[list[dict[str, Any]], float]:
    """The command, in a process of its own: one row per validation, and pictures per second."""
    data = config.data
    settings = {
        "--backbone": config.model.backbone,
        "--image-size": data.image_size,
        "--val-share": data.val_share,
        "--seed": config.seed,
        "--minutes": minutes,
        "--cache": data.cache,
        "--threads": config.threads,
    }
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "facecluster", "train", data.dataset, "--from-scratch"]
        for name, value in settings.items():
            command += [] if value is None else [name, str(value)]
        command += ["--quiet", "--runs", runs, "--name", "ours"]
        subprocess.run(command, check=True)
        history = read_history((Path(runs) / "ours" / HISTORY).read_text("utf-8"))
    rows = [
        {"seconds": row.seconds} | {name: getattr(row, name) for name in FIGURES} for row in history
    ]
    speeds = [row.pictures_per_second for row in history if row.pictures_per_second > 0]
    return rows, harmonic_mean(speeds)  # an epoch has the same pictures as any other


def plain(config: TrainConfig, minutes: float) -> tuple[list[dict[str, Any]], float]:
    """The loop of benchmarks.training.plain on what `facecluster train` would learn from."""
    from benchmarks.training.plain import Batches, train_plain
    from facecluster.train.prepare import prepare
    from facecluster.train.run.device import pick_device
    from facecluster.train.run.distributed import Ranks
    from facecluster.train.run.reports import Silent

    wanted = replace(config, device="cpu", model=replace(config.model, from_scratch=True))
    made = prepare(wanted, Ranks(pick_device("cpu")), Silent())
    classes, pictures = made.config.classes, made.config.pictures
    assert classes is not None
    assert pictures is not None
    batches = Batches(classes, pictures, validations=max(2, math.ceil(minutes)))
    return train_plain(made.network, made.material, batches, minutes * 60)


RUNNERS = {"ours": ours, "plain": plain}


def measure(who: str, config: TrainConfig, minutes: float) -> dict[str, Any]:
    """One training. Its figures are those of the validation with the largest AUC, as our own runs
    choose their best; `curve` has all of them."""
    curve, speed = RUNNERS[who](config, minutes)
    best = max(curve, key=lambda row: row["auc"])
    return {
        "who": who,
        "seed": config.seed,
        "minutes": minutes,
        "pictures_per_second": speed,
        **{name: best[name] for name in FIGURES},
        "best_at_seconds": best["seconds"],
        "last_accuracy": curve[-1]["accuracy"],
        "curve": curve,
    }


def both_at_once(options: argparse.Namespace, seed: int) -> list[dict[str, Any]]:
    """Two processes of this program, one for each side, started together."""
    common = [options.dataset, "--minutes", options.minutes, "--backbone", options.backbone]
    common += ["--val-share", options.val_share, "--threads", options.threads, "--seed", seed]
    common += ["--image-size", options.image_size] if options.image_size else []
    with tempfile.TemporaryDirectory() as folder:
        files = {who: Path(folder) / f"{who}.json" for who in RUNNERS}
        program = [sys.executable, "-m", "benchmarks.training", *map(str, common)]
        running = [
            subprocess.Popen(
                [*program, "--only", who, "--json", str(file)], cwd=ROOT, stdout=subprocess.DEVNULL
            )
            for who, file in files.items()
        ]
        for child in running:
            if child.wait():
                raise subprocess.CalledProcessError(child.returncode, child.args)
        return [row for file in files.values() for row in json.loads(file.read_text("utf-8"))]


def line(row: dict[str, Any]) -> str:
    return (
        f"{row['who']:<7}{row['seed']:>5}{row['minutes']:>9.1f}{row['pictures_per_second']:>12.1f}"
        f"{row['accuracy']:>10.4f}{row['auc']:>8.4f}{row['tar_1e2']:>10.3f}{row['tar_1e3']:>10.3f}"
        f"{row['last_accuracy']:>15.4f}"
    )


def verdict(rows: list[dict[str, Any]]) -> str:
    """Ours against plain, means over the seeds."""

    def mean(who: str, name: str) -> float:
        return fmean(row[name] for row in rows if row["who"] == who)

    speed = mean("ours", "pictures_per_second") / mean("plain", "pictures_per_second")
    gain = mean("ours", "accuracy") - mean("plain", "accuracy")
    return f"ours / plain: {speed:.2f} times the pictures per second, accuracy {gain:+.4f}"


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Accuracy on unseen classes by minute, one line per run."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    colours = {"ours": "#1f6f8b", "plain": "#c1582b"}
    for who, colour in colours.items():
        for number, row in enumerate(r for r in rows if r["who"] == who):
            minutes = [point["seconds"] / 60 for point in row["curve"]]
            accuracy = [point["accuracy"] for point in row["curve"]]
            axes.plot(minutes, accuracy, color=colour, label=who if number == 0 else None)
    axes.set_xlabel("minutes of training")
    axes.set_ylabel("verification accuracy, unseen classes")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def arguments() -> argparse.Namespace:
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("dataset", nargs="?", default=str(PINS))
    made.add_argument("--minutes", type=float, default=15.0)
    made.add_argument("--backbone", default="dlib-resnet")
    made.add_argument("--image-size", type=int)
    made.add_argument("--val-share", type=float, default=14 / 44)
    made.add_argument("--seed", type=int, action="append")
    made.add_argument("--only", choices=tuple(RUNNERS))
    made.add_argument("--together", action="store_true", help="run both sides at once")
    made.add_argument("--threads", type=int, default=0, help="of each side, 0: one per core")
    made.add_argument("--json", type=Path, help="also write rows and curves here")
    made.add_argument("--picture", type=Path, help="draw accuracy by minute")
    return made.parse_args()


def main() -> int:
    options = arguments()
    rows: list[dict[str, Any]] = []
    try:
        need("torch", "matplotlib")
        if options.only != "ours" and find_spec(PEER) is None:
            raise FaceclusterError("the plain loop needs it: pip install pytorch-metric-learning")
        print(HEAD, flush=True)
        for seed in options.seed or [0]:
            if options.together and options.only is None:
                rows += both_at_once(options, seed)
                print("\n".join(map(line, rows[-2:])), flush=True)
                continue
            for who in RUNNERS if options.only is None else (options.only,):
                rows.append(measure(who, config_of(options, seed), options.minutes))
                print(line(rows[-1]), flush=True)
    except FaceclusterError as error:
        print(error)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"facecluster train: exit code {error.returncode}")
        return 1
    if options.only is None:
        print(verdict(rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), "utf-8")
    if options.picture:
        draw(rows, options.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
