"""Does the exported model say what the network says?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from facecluster.embed.embedder import Embedder
from facecluster.errors import ModelError
from facecluster.records import Floats, Pixels
from facecluster.runtime import session

BATCHES = (1, 7, 64)  # crops per call: one, an odd number, and more than any chunk
_CHUNK = 16  # crops that PyTorch takes at once: its activations need room as well
_SEED = 20150609


@dataclass(frozen=True, slots=True)
class ParityLimits:
    """How far an exported file may be from PyTorch. difference: the largest of any number of the
    embeddings, which have length 1, and of the consistency. cosine: the lowest between the
    embeddings of a crop."""

    difference: float = 1e-4
    cosine: float = 0.99999


@dataclass(frozen=True, slots=True)
class Parity:
    """difference: largest of any number, embeddings and consistency. cosine: lowest between the
    embeddings of a crop. Both over all batches."""

    batches: tuple[int, ...]
    difference: float
    cosine: float

    def within(self, limits: ParityLimits) -> bool:
        """Whether both are within bounds; not for nan."""
        return self.difference <= limits.difference and self.cosine >= limits.cosine


def check_parity(module: nn.Module, model: Path, limits: ParityLimits = ParityLimits()) -> Parity:
    """Compare the file with the PyTorch module that it was made of, at several sizes of batch.

    module: takes uint8 [N, S, S, 3], gives embedding and consistency, as OnnxEmbedder. Raises
    ModelError when ONNX Runtime cannot use the file as an embedder, when a number is not finite,
    and when the two differ by more than `limits`.
    """
    spec = Embedder(model, "cpu").spec
    runner = session(model, "cpu", threads=0)
    differences, cosines = [], []
    for count in BATCHES:
        crops = sample_crops(count, spec.crop_size)
        wanted = _reference(module, crops)
        if not all(np.isfinite(values).all() for values in wanted):
            raise ModelError(
                "the network gives numbers that are not finite: its weights are damaged; export "
                "another checkpoint"
            )
        found = runner.run(["embedding", "consistency"], {"crops": crops})
        differences += [np.abs(a - b).max() for a, b in zip(found, wanted, strict=True)]
        cosines.append(cosine(found[0], wanted[0]).min())
    parity = Parity(BATCHES, float(np.max(differences)), float(np.min(cosines)))
    if not parity.within(limits):
        raise ModelError(
            f"the ONNX model differs from PyTorch by {parity.difference:.1e} (at most "
            f"{limits.difference:.0e}), lowest cosine {parity.cosine:.6f} (at least "
            f"{limits.cosine}): not written; try another `opset` or another PyTorch"
        )
    return parity


def cosine(first: Floats, second: Floats) -> NDArray[np.float64]:
    """Of each pair of rows, float64 [N]; two rows of zeros are the same, and count as 1."""
    one, other = first.astype(np.float64), second.astype(np.float64)
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    equal = (one == other).all(axis=1)
    cosines = (one * other).sum(axis=1) / np.maximum(lengths, 1e-12)
    return np.where(equal, 1.0, np.minimum(cosines, 1.0))


def sample_crops(count: int, size: int) -> Pixels:
    """uint8 [count, size, size, 3], in turn: noise of every coarseness, slopes, stripes, discs."""
    random = np.random.default_rng(_SEED + count)
    kinds = (_noise, _slope, _stripes, _disc)
    crops = [kinds[i % 4](random, size) for i in range(count)]
    return np.stack(crops).astype(np.uint8)


def _noise(random: np.random.Generator, size: int) -> Floats:
    cell = int(random.choice([1, 2, 4, max(1, size // 6), max(1, size // 3)]))
    cells = random.integers(0, 256, (-(-size // cell), -(-size // cell), 3))
    return np.asarray(cells.repeat(cell, 0).repeat(cell, 1)[:size, :size], np.float32)


def _slope(random: np.random.Generator, size: int) -> Floats:
    corners = random.integers(0, 256, (2, 2, 3)).astype(np.float32)
    t = np.linspace(0, 1, size, dtype=np.float32)[:, None]
    edges = corners[0] * (1 - t[:, None]) + corners[1] * t[:, None]  # [size, 2, 3]
    return np.asarray(edges[:, :1] * (1 - t) + edges[:, 1:] * t, np.float32)


def _stripes(random: np.random.Generator, size: int) -> Floats:
    x, y = np.meshgrid(np.arange(size), np.arange(size))
    angle, period = random.uniform(0, np.pi), random.uniform(2, size)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    return np.asarray(127.5 + 127.5 * wave[:, :, None] * random.uniform(-1, 1, 3), np.float32)


def _disc(random: np.random.Generator, size: int) -> Floats:
    x, y = np.meshgrid(np.arange(size), np.arange(size))
    centre, radius = random.uniform(0.3, 0.7, 2) * size, random.uniform(0.1, 0.4) * size
    inside = np.hypot(x - centre[0], y - centre[1]) < radius
    ground, disc = random.integers(0, 256, (2, 3))
    return np.asarray(np.where(inside[:, :, None], disc, ground), np.float32)


def _reference(module: nn.Module, crops: Pixels) -> tuple[Floats, Floats]:
    parts = list(_parts(module, crops))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _parts(module: nn.Module, crops: Pixels) -> Iterator[tuple[Floats, Floats]]:
    with torch.inference_mode():
        for start in range(0, len(crops), _CHUNK):
            embedding, consistency = module(torch.from_numpy(crops[start : start + _CHUNK]))
            yield embedding.numpy(), consistency.numpy()
