"""A checkpoint: one file that holds a network, how it was made, what its distances mean, and all
that is needed to go on training as if nothing had happened.

Files are read by `torch_file`: a checkpoint cannot run code.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from facecluster import __version__
from facecluster.base.atomic import replacing
from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError, ModelError, OutputError
from facecluster.faces.align import FACE_TEMPLATE
from facecluster.train.backbones import build
from facecluster.train.config import TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.model.torch_file import read_torch
from facecluster.train.plain import from_plain

FORMAT, VERSION = "facecluster-checkpoint", 1
UNCALIBRATED = "not measured: no validation yet"


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """What is needed to build the network before its weights are filled in."""

    backbone: str
    image_size: int
    embedding_dim: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 8 <= self.image_size <= 2048 or not 1 <= self.embedding_dim <= 65536:
            raise ValueError("a network takes 8 to 2048 px and gives 1 to 65536 numbers")
        if self.channels not in (1, 3) or {len(self.mean), len(self.std)} != {self.channels}:
            raise ValueError("a network has 1 or 3 channels, with a mean and a deviation for each")


@dataclass(frozen=True, slots=True)
class Calibration:
    """far_table, distance, measured_on: as in embed.spec.ModelSpec."""

    far_table: tuple[tuple[float, float], ...]
    distance: float
    measured_on: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """weights: of the EmbeddingNetwork, averaged over time where the run does so.

    classes: those that it was trained on. calibrations: `mirror` for embeddings that are the mean
    of a picture and its mirror image, `plain` for the picture alone. history: one row per epoch.
    resume: state of optimizer, schedule, loss, random generators and position, as run/state has it.
    """

    config: TrainConfig
    shape: NetworkShape
    weights: Mapping[str, Tensor]
    aligned: bool
    mirror: bool
    source: str
    classes: tuple[str, ...]
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    history: tuple[EpochRow, ...] = ()
    resume: Mapping[str, Any] = field(default_factory=dict)

    def spec(self, mirror: bool | None = None) -> ModelSpec:
        """What the exported model says of itself; `mirror` None takes the run's own choice."""
        views = self.mirror if mirror is None else mirror
        known = self.calibrations.get("mirror" if views else "plain")
        shape, size = self.shape, self.shape.image_size
        template = tuple((float(x * size), float(y * size)) for x, y in FACE_TEMPLATE)
        return ModelSpec(
            name=f"{shape.backbone}-{shape.embedding_dim}",
            crop_size=size,
            template=template,
            dimension=shape.embedding_dim,
            far_table=known.far_table if known else (),
            measured_on=known.measured_on if known else UNCALIBRATED,
            distance=known.distance if known else 0.5,
            licence="as the training data and the initial weights allow",
            provenance=f"trained by facecluster {__version__}, {len(self.history)} epochs, "
            f"losses {', '.join(dict.fromkeys(row.stage for row in self.history)) or 'none'}",
            training_data=f"{self.source}, {len(self.classes)} classes",
            align="faces" if self.aligned else "none",
        )

    def network(self) -> EmbeddingNetwork:
        """The network with its weights, in evaluation mode. Raises ModelError if they don't fit."""
        self.check_fit()
        made = self._empty()
        made.load_state_dict(dict(self.weights))
        return made.eval()

    def check_fit(self) -> None:
        """Raise ModelError where the weights don't fit, before memory is taken for what the shape
        announces."""
        with torch.device("meta"):
            made = self._empty()
        try:
            made.load_state_dict(dict(self.weights), assign=True)
        except RuntimeError as error:
            raise ModelError(
                f"the weights do not fit {self.shape.backbone} ({_misfit(error)})"
            ) from error

    def _empty(self) -> EmbeddingNetwork:
        s = self.shape
        backbone = build(s.backbone, s.image_size, s.embedding_dim, s.channels)
        return EmbeddingNetwork(backbone, s.mean, s.std)


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write the file whole or not at all. Raises OutputError (full disk, rights)."""
    values = {
        "format": FORMAT,
        "version": VERSION,
        "config": checkpoint.config.to_json(),
        "shape": asdict(checkpoint.shape),
        "weights": dict(checkpoint.weights),
        "aligned": checkpoint.aligned,
        "mirror": checkpoint.mirror,
        "source": checkpoint.source,
        "classes": list(checkpoint.classes),
        "calibrations": {key: asdict(value) for key, value in checkpoint.calibrations.items()},
        "history": [asdict(row) for row in checkpoint.history],
        "resume": dict(checkpoint.resume),
    }
    try:
        with replacing(path, sync=True) as partial, partial.open("wb") as file:
            torch.save(values, file)
    except BaseException as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from error  # torch's writer, cut off, hides it
        if not isinstance(error, OSError | RuntimeError):
            raise
        # A full disk is an OSError, or from torch's writer a RuntimeError.
        reason = getattr(error, "strerror", None) or _first(error)
        raise OutputError(f"{path}: the checkpoint cannot be written ({reason})") from error


def load(path: Path) -> Checkpoint:
    """Read a checkpoint, tensors on the CPU. Raises ModelError when it is not one of ours."""
    values = read_torch(path, "not a checkpoint, or a damaged one")
    if not is_ours(values):
        raise ModelError(f"{path}: not a checkpoint of facecluster")
    version = values.get("version", "unknown")
    if type(version) is not int or version != VERSION:
        told = " ".join(str(version)[:20].split())
        raise ModelError(f"{path}: checkpoint version {told}; this facecluster reads {VERSION}")
    try:
        found = _checkpoint(values)
        found.check_fit()
        return found
    except ODD as error:
        raise ModelError(f"{path}: the checkpoint is incomplete ({_first(error)})") from error


def is_ours(values: object) -> bool:
    """Whether what stood in a file says of itself that it is a checkpoint of ours."""
    named = values.get("format") if isinstance(values, dict) else None
    return isinstance(named, str) and named == FORMAT


# What comes of a value in the place of another; tensors raise RuntimeError.
ODD = (FaceclusterError, LookupError, TypeError, ValueError, AttributeError, RuntimeError)


def _checkpoint(values: dict[str, Any]) -> Checkpoint:
    weights, resume = values["weights"], values["resume"]
    tensors = isinstance(weights, dict) and all(isinstance(v, Tensor) for v in weights.values())
    if not tensors or not isinstance(resume, dict):
        raise ValueError("its weights are not tensors by name")
    return Checkpoint(
        config=TrainConfig.from_json(values["config"]),
        shape=from_plain(NetworkShape, values["shape"]),
        weights={str(name): tensor for name, tensor in weights.items()},
        aligned=from_plain(bool, values["aligned"]),
        mirror=from_plain(bool, values["mirror"]),
        source=from_plain(str, values["source"]),
        classes=from_plain(tuple[str, ...], values["classes"]),
        calibrations=from_plain(dict[str, Calibration], values["calibrations"]),
        history=from_plain(tuple[EpochRow, ...], values["history"]),
        resume=resume,
    )


def _misfit(error: BaseException) -> str:
    """Which weights do not fit: torch says so from the second line on, of all of them."""
    lines = str(error).splitlines()
    return textwrap.shorten(lines[1] if len(lines) > 1 else _first(error), 160, placeholder=" ...")


def _first(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
