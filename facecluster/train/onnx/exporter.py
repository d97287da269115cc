"""A trained network as one ONNX file: crops in, unit embeddings out, and what they mean.

The file is proven before it gets its name: a failed export leaves nothing, and an older file of
that name stays as it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import onnx
from torch import nn

from facecluster.base.atomic import replacing
from facecluster.base.progress import Progress, no_progress
from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError, OutputError, SettingsError
from facecluster.records import Pixels
from facecluster.train.model.checkpoint import Checkpoint
from facecluster.train.onnx.int8 import Agreement, Int8Floors, agreement, quantized
from facecluster.train.onnx.int8_pictures import Int8Pictures, measured
from facecluster.train.onnx.onnx_embedder import OnnxEmbedder
from facecluster.train.onnx.parity import Parity, ParityLimits, check_parity
from facecluster.train.onnx.run_exports import OPSET, OPSETS
from facecluster.train.onnx.trace import describe, trace

# Makes the graph of a module for crops of a size, with embeddings of a dimension, in an opset; with
# it come sentences for the user.
Tracer = Callable[[nn.Module, int, int, int], tuple[onnx.ModelProto, tuple[str, ...]]]
# Compares the float32 file with the int8 file on crops.
Judge = Callable[[Path, Path, Pixels], Agreement]


@dataclass(frozen=True, slots=True)
class Procedure:
    """How an export is made, and what it must reach.

    opsets: the lowest and the highest that may be asked for. tracer, judge: the two steps that take
    seconds, for who has their results already.
    """

    opsets: tuple[int, int] = OPSETS
    parity: ParityLimits = field(default_factory=ParityLimits)
    int8: Int8Floors = field(default_factory=Int8Floors)
    tracer: Tracer = trace
    judge: Judge = agreement


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. agreement: of the int8 model, None for float32. notes: sentences for the
    user."""

    path: Path
    bytes: int
    sha256: str
    spec: ModelSpec
    mirror: bool
    opset: int
    parity: Parity
    agreement: Agreement | None = None
    notes: tuple[str, ...] = ()


def export_onnx(
    checkpoint: Checkpoint,
    path: Path,
    *,
    mirror: bool | None = None,
    opset: int = OPSET,
    int8: Int8Pictures | None = None,
    name: str | None = None,
    licence: str | None = None,
    progress: Progress = no_progress,
    procedure: Procedure = Procedure(),
) -> Exported:
    """Write the checkpoint's network to `path`, once it is proven to say what PyTorch says.

    mirror: None takes the run's own choice. int8: pictures to quantise with; None writes float32.
    name, licence: in the place of what the checkpoint says. Raises SettingsError for an opset out
    of range, ModelError when the weights do not fit or the file fails its proof, OutputError when
    it cannot be written.
    """
    _check_opset(opset, *procedure.opsets)
    mirror = checkpoint.mirror if mirror is None else mirror
    spec = _spec(checkpoint.spec(mirror), int8 is not None, name, licence)
    module = OnnxEmbedder(checkpoint.network(), checkpoint.shape.channels, mirror).eval()
    with _told(progress, "tracing"):
        made, notes = procedure.tracer(module, spec.crop_size, spec.dimension, opset)
    close = None
    with staged(path) as partial:
        partial.write_bytes(describe(made, spec))
        with _told(progress, "comparing with PyTorch"):
            parity = check_parity(module, partial, procedure.parity)
        if int8 is not None:
            made, close = _to_int8(partial, spec, int8, procedure, progress)
            spec = measured(partial, spec, mirror, int8, progress)
            partial.write_bytes(describe(made, spec))
        written = partial.read_bytes()
    notes = (*notes, *_cautions(spec, mirror, close))
    digest = hashlib.sha256(written).hexdigest()
    return Exported(path, len(written), digest, spec, mirror, opset, parity, close, notes)


@contextmanager
def _told(progress: Progress, stage: str) -> Iterator[None]:
    """Say that a stage begins, and that it is done where it ends well."""
    progress(stage, 0, 1)
    yield
    progress(stage, 1, 1)


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A name beside `path`; what the block wrote there becomes `path` when it ends well, and is
    removed when not. Raises OutputError where the system refuses."""
    try:
        with replacing(path, sync=True) as partial:
            yield partial
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error


def _check_opset(opset: int, lowest: int, highest: int) -> None:
    if not lowest <= opset <= highest:
        raise SettingsError("opset", f"give {lowest} to {highest}", opset)


def _spec(spec: ModelSpec, int8: bool, name: str | None, licence: str | None) -> ModelSpec:
    usual = f"{spec.name}-int8" if int8 else spec.name
    return replace(spec, name=name or usual, licence=licence or spec.licence)


def _to_int8(
    partial: Path,
    spec: ModelSpec,
    pictures: Int8Pictures,
    procedure: Procedure,
    progress: Progress,
) -> tuple[onnx.ModelProto, Agreement]:
    """Put the int8 model in the place of the float32 one at `partial`."""
    exact = partial.with_name(f"{partial.name}.float32")
    try:
        os.replace(partial, exact)
        with _told(progress, "quantising"):
            made = quantized(exact, pictures.calibration)
        partial.write_bytes(describe(made, spec))
        close = procedure.judge(exact, partial, pictures.judged)
    finally:
        exact.unlink(missing_ok=True)
    floors = procedure.int8
    if not close.reaches(floors):
        raise ModelError(
            f"the int8 model is too far from the float32 one (cosine {close.mean_cosine:.4f} on "
            f"average, {close.lowest_cosine:.4f} at worst; at least {floors.mean_cosine} and "
            f"{floors.lowest_cosine} wanted): not written; export without `int8`, or name pictures "
            "like those that it is for with `calibration`"
        )
    return made, close


def _cautions(spec: ModelSpec, mirror: bool, close: Agreement | None) -> Iterator[str]:
    """Sentences on what the user may not expect of this file."""
    if close is not None and close.speedup < 1:
        yield "the int8 model is slower here than the float32 one; leave `int8` out"
    if not spec.far_table:
        view = "with" if mirror else "without"
        yield (
            f"the distances of this model were not measured {view} mirror view: {spec.distance} is "
            "a guess; `facecluster evaluate --recalibrate` measures them"
        )
