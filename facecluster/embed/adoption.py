"""Turn an ONNX embedder from elsewhere into a file that this package takes.

The foreign graph stays as it is (`adopted_graph`), and the file is proven by running both. Needs
the package onnx.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facecluster.embed.adopted_graph import Preparation, composed
from facecluster.embed.embedder import Embedder
from facecluster.embed.foreign import Foreign, run
from facecluster.embed.onnx_graph import content_of, set_spec
from facecluster.embed.spec import ModelSpec
from facecluster.errors import ModelError
from facecluster.records import Floats
from facecluster.records import Pixels as Crops

# Where the points of the spec fall in the 112 px crops that ArcFace's authors published.
ARCFACE_SIZE = 112
ARCFACE_TEMPLATE = (
    (38.2946, 51.6963),
    (73.5318, 51.5014),
    (56.0252, 71.7366),
    (41.5493, 92.3655),
    (70.7299, 92.2041),
)
PROOF = 5  # crops, more than any fixed batch of a file that embeds one by one


@dataclass(frozen=True, slots=True)
class AdoptionLimits:
    """Largest difference of any number between both models, of embeddings of length 1, for
    networks that compute in float32 and in float16."""

    single: float = 1e-4
    half: float = 1e-2


def adopt(
    foreign: Foreign, how: Preparation, spec: ModelSpec, limits: AdoptionLimits = AdoptionLimits()
) -> bytes:
    """The file's content: uint8 [N, S, S, 3] RGB crops in, unit embeddings and consistency out.

    It is proven by running both. Raises ModelError when they differ by more than `limits`, most
    often since the graph has a number of pictures built in.
    """
    made = composed(foreign, how, spec.dimension)
    set_spec(made, spec, keep=True)
    content = content_of(made)
    crops = _sample(spec.crop_size)
    wanted, close = _reference(foreign, how, crops)
    found, consistency = _embedded(foreign, content, crops)
    gap = max(float(np.abs(found - wanted).max()), float(np.abs(consistency - close).max()))
    if not gap <= (limits.half if foreign.half else limits.single):
        raise ModelError(_refusal(foreign, f"numbers differ by {gap:.1e}"))
    return content


def _embedded(foreign: Foreign, content: bytes, crops: Crops) -> tuple[Floats, Floats]:
    """What the adopted file says of the crops. Raises ModelError where it does not run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adopted.onnx"
        path.write_bytes(content)
        try:
            return Embedder(path, "cpu").embed(crops)
        except Exception as error:  # ONNX Runtime raises its own classes
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(_refusal(foreign, reason.removeprefix(f"{path}: "))) from error


def _refusal(foreign: Foreign, reason: str) -> str:
    return (
        f"{foreign.path}: cannot be run on several crops at once ({reason}); export it again with "
        "a dynamic batch axis"
    )


def _sample(size: int) -> Crops:
    """uint8 [PROOF, size, size, 3]: noise of several coarsenesses."""
    random = np.random.default_rng(20190611)
    crops = np.empty((PROOF, size, size, 3), np.uint8)
    for index in range(PROOF):
        cell = max(1, size // (2 << index))
        cells = random.integers(0, 256, (-(-size // cell), -(-size // cell), 3))
        crops[index] = cells.repeat(cell, 0).repeat(cell, 1)[:size, :size]
    return crops


def _reference(foreign: Foreign, how: Preparation, crops: Crops) -> tuple[Floats, Floats]:
    """Embedding and consistency from the untouched file, prepared by numpy."""

    mean, std = np.array(how.mean, np.float32), np.array(how.std, np.float32)

    def raw(views: Crops) -> Floats:
        values = (views.astype(np.float32) - mean) / std
        return run(foreign, np.asarray(values[..., ::-1] if how.bgr else values, np.float32))

    def unit(rows: Floats) -> Floats:
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(length, 1e-12), np.float32)

    plain = raw(crops)
    if not how.mirror:
        return unit(plain), np.ones(len(crops), np.float32)
    mirrored = raw(crops[:, :, ::-1])
    return unit(plain + mirrored), (unit(plain) * unit(mirrored)).sum(axis=1)
