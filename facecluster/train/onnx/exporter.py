"""A trained network as one ONNX file: crops in, unit embeddings out, and what they mean.

The file is proven before it gets its name: a failed export leaves nothing, and an older file of
that name stays as it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError, OutputError, SettingsError
from facecluster.train.model.checkpoint import Checkpoint
from facecluster.train.model.network import EmbeddingNetwork
from facecluster.train.onnx.int8 import (
    LOWEST_COSINE,
    MEAN_COSINE,
    Agreement,
    agreement,
    quantized,
)
from facecluster.train.onnx.int8_pictures import Int8Pictures, measured
from facecluster.train.onnx.parity import Parity, check_parity
from facecluster.train.onnx.run_exports import OPSET, OPSETS
from facecluster.train.onnx.trace import describe, trace

Progress = Callable[[str, int, int], None]

# ITU-R BT.601 luma in 65536ths, as Pillow's mode L has it; the sums are exact in float32.
LUMA = (19595.0, 38470.0, 7471.0)


class OnnxEmbedder(nn.Module):
    """What the exported file computes.

    Takes uint8 [N, S, S, 3] RGB, whatever the network: one for grey pictures gets the luma, rounded
    as Pillow does. Gives float32 [N, D], rows of length 1, and float32 [N], the cosine between the
    embeddings of each crop and of its mirror image, 1 without mirror. With mirror both views pass
    the network in one batch, and the embedding is the mean of their unit embeddings, brought to
    length 1: what validation and thresholds measure. (The shipped model averages before it
    normalises, as dlib's own users do.)
    """

    luma: Tensor

    def __init__(self, network: EmbeddingNetwork, channels: int, mirror: bool) -> None:
        super().__init__()
        self.network = network
        self.grey, self.mirror = channels == 1, mirror
        self.register_buffer("luma", torch.tensor(LUMA).view(1, 3, 1, 1))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        # Contiguous: otherwise PyTorch's exporter reads global means through strides.
        pixels = crops.permute(0, 3, 1, 2).contiguous().float()
        if self.grey:
            pixels = torch.floor(((pixels * self.luma).sum(1, keepdim=True) + 32768) / 65536)
        if not self.mirror:
            embedding: Tensor = self.network(pixels)
            return embedding, torch.ones_like(embedding[:, 0])
        both: Tensor = self.network(torch.cat([pixels, pixels.flip(3)]))
        views = both.reshape(2, -1, both.shape[1])
        return F.normalize(views.sum(0), dim=1), views.prod(0).sum(1)


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
    progress: Progress = lambda what, done, total: None,
) -> Exported:
    """Write the checkpoint's network to `path`, once it is proven to say what PyTorch says.

    mirror: None takes the run's own choice. int8: pictures to quantise with; None writes float32.
    name, licence: in the place of what the checkpoint says. Raises SettingsError for an opset out
    of range, ModelError when the weights do not fit or the file fails its proof, OutputError when
    it cannot be written.
    """
    if not OPSETS[0] <= opset <= OPSETS[1]:
        raise SettingsError(f"--opset {opset}: give {OPSETS[0]} to {OPSETS[1]}")
    mirror = checkpoint.mirror if mirror is None else mirror
    spec = _spec(checkpoint.spec(mirror), int8 is not None, name, licence)
    module = OnnxEmbedder(checkpoint.network(), checkpoint.shape.channels, mirror).eval()
    progress("tracing", 0, 1)
    made, notes = trace(module, spec.crop_size, spec.dimension, opset)
    progress("tracing", 1, 1)
    close = None
    with staged(path) as partial:
        partial.write_bytes(describe(made, spec))
        progress("comparing with PyTorch", 0, 1)
        parity = check_parity(module, partial)
        progress("comparing with PyTorch", 1, 1)
        if int8 is not None:
            spec, close = _to_int8(partial, spec, mirror, int8, progress)
        written = partial.read_bytes()
    if close is not None and close.speedup < 1:
        notes = (*notes, "the int8 model is slower here than the float32 one; leave --int8 out")
    if not spec.far_table:
        notes = (*notes, _unmeasured(spec, mirror))
    digest = hashlib.sha256(written).hexdigest()
    return Exported(path, len(written), digest, spec, mirror, opset, parity, close, notes)


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A name beside `path`; what the block wrote there becomes `path` when it ends well, and is
    removed when not. Raises OutputError where the system refuses."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with open(partial, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _spec(spec: ModelSpec, int8: bool, name: str | None, licence: str | None) -> ModelSpec:
    usual = f"{spec.name}-int8" if int8 else spec.name
    return replace(spec, name=name or usual, licence=licence or spec.licence)


def _to_int8(
    partial: Path, spec: ModelSpec, mirror: bool, pictures: Int8Pictures, progress: Progress
) -> tuple[ModelSpec, Agreement]:
    """Put the int8 model in the place of the float32 one at `partial`."""
    exact = partial.with_name(f"{partial.name}.float32")
    try:
        os.replace(partial, exact)
        progress("quantising", 0, 1)
        made = quantized(exact, pictures.calibration)
        progress("quantising", 1, 1)
        partial.write_bytes(describe(made, spec))
        close = agreement(exact, partial, pictures.judged)
    finally:
        exact.unlink(missing_ok=True)
    if not close.holds:
        raise ModelError(
            f"the int8 model is too far from the float32 one (cosine {close.mean_cosine:.4f} on "
            f"average, {close.lowest_cosine:.4f} at worst; at least {MEAN_COSINE} and "
            f"{LOWEST_COSINE} wanted): not written; export without --int8, or name pictures like "
            "those that it is for with --calibration"
        )
    spec = measured(partial, spec, mirror, pictures, progress)
    partial.write_bytes(describe(made, spec))
    return spec, close


def _unmeasured(spec: ModelSpec, mirror: bool) -> str:
    view = "with" if mirror else "without"
    return (
        f"the distances of this model were not measured {view} mirror view: {spec.distance} is a "
        "guess; `facecluster evaluate --recalibrate` measures them"
    )
