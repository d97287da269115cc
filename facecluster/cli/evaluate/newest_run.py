"""The newest training run as something to be evaluated: its model and its validation pictures."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from facecluster.base.progress import Progress
from facecluster.cli.common.extras import need
from facecluster.config import Device
from facecluster.errors import FaceclusterError

if TYPE_CHECKING:
    from facecluster.evaluate.pictures import Embeds
    from facecluster.train.material import Validation
    from facecluster.train.model.checkpoint import Checkpoint
    from facecluster.train.onnx.run_exports import ExportEntry


@dataclass(frozen=True, slots=True)
class Newest:
    """folder: of the run. export: its newest export that is still there."""

    folder: Path
    best: Path
    checkpoint: Checkpoint
    export: ExportEntry | None

    def notes(self) -> list[str]:
        """What may surprise about the export."""
        if self.export is None:
            return [f"no export of {self.folder} yet, so its checkpoint is evaluated"]
        path = Path(self.export.path)
        found = []
        if hashlib.sha256(path.read_bytes()).hexdigest() != self.export.sha256:
            found.append(f"{path} has changed since it was exported")
        if os.path.getmtime(self.best) > os.path.getmtime(path):
            found.append(f"{self.best} is newer than {path}; export it again to evaluate it")
        return found


def newest_run(runs: Path) -> Newest:
    """Raises FaceclusterError when there is none, or PyTorch is missing, which reads it."""
    from facecluster.train.onnx.run_exports import read_exports
    from facecluster.train.run.folders import LATEST, best_checkpoint, latest_run

    try:
        folder = latest_run(runs)
    except FaceclusterError as error:
        raise FaceclusterError(
            f"{runs / LATEST}: no training run here to evaluate; start one with `facecluster "
            "train`, or give --pairs and --images"
        ) from error
    best = best_checkpoint(runs)
    need("torch", "onnx", "onnxscript")
    from facecluster.train.model.checkpoint import load

    there = [entry for entry in read_exports(folder) if Path(entry.path).is_file()]
    return Newest(folder, best, load(best), there[-1] if there else None)


def validation_of(run: Newest, runs: Path, model: Embeds, progress: Progress) -> Validation:
    """The pictures and pairs that the run was validated on, packed as it had them.

    Raises FaceclusterError when the model wants other crops, or the data is gone.
    """
    from facecluster.train.material import gather

    shape, aligned = run.checkpoint.shape, run.checkpoint.aligned
    wants = model.spec.crop_size, model.spec.align == "faces"
    if wants != (shape.image_size, aligned):
        kind = {True: "aligned faces", False: "whole pictures"}
        raise FaceclusterError(
            f"{model.spec.name} takes {kind[wants[1]]} of {wants[0]} px, and the pictures of "
            f"{run.folder} are {kind[aligned]} of {shape.image_size} px; give --pairs and --images"
        )
    config = replace(run.checkpoint.config, runs=runs)
    return gather(config, shape.image_size, shape.channels, progress).validation


def open_model(path: Path | None, device: Device) -> Embeds:
    """An ONNX file, a checkpoint (.pt), or the shipped model."""
    if path is None or path.suffix.lower() != ".pt":
        from facecluster.embed.embedder import Embedder

        return Embedder(path, device)
    need("torch", "onnx", "onnxscript")
    from facecluster.train.model.checkpoint import load
    from facecluster.train.onnx.checkpoint_embedder import CheckpointEmbedder

    return CheckpointEmbedder(path, load(path))


def model_of(run: Newest, device: Device) -> Embeds:
    """The newest export, else the best checkpoint."""
    return open_model(Path(run.export.path) if run.export else run.best, device)
