"""A network that tells from a face's embedding how crowded its surroundings are.

It stands behind an embedder's own graph (crowding_graph.py); evaluate/calibration/crowding.py fits
it. This is what it computes, and the file that its weights are kept in.
"""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from facecluster.base.atomic import write_atomic
from facecluster.distances import scaled
from facecluster.embed.spec import SCALES, Crowding
from facecluster.errors import ModelError
from facecluster.records import Floats

Layer = tuple[Floats, Floats]  # weights float32 [in, out] and bias float32 [out]


@dataclass(frozen=True, slots=True)
class CrowdingNetwork:
    """Unit embedding [D] to log r, r its mean cosine distance to the nearest strangers.

    layers: from D numbers to 1, with a ReLU between each two. low, high: what log r is kept within,
    for faces unlike all that it was fitted to. crowding: what becomes of r. Raises ModelError for
    what is not such a network.
    """

    layers: tuple[Layer, ...]
    low: float
    high: float
    crowding: Crowding

    def __post_init__(self) -> None:
        for weights, bias in self.layers:
            if weights.ndim != 2 or bias.shape != weights.shape[1:]:
                raise ModelError("crowding: weights and bias of a layer do not fit")
            if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
                raise ModelError("crowding: a weight is not a number")
        sizes = [weights.shape for weights, _ in self.layers]
        chained = all(one[1] == other[0] for one, other in pairwise(sizes))
        if not sizes or not chained or sizes[-1][1] != 1:
            raise ModelError("crowding: its layers do not lead from an embedding to one number")
        if not self.low < self.high:
            raise ModelError("crowding: its lower bound must be below its upper one")
        ends = [self._scale_of(np.float64(end)) for end in (self.high, self.low)]
        if not SCALES[0] <= ends[0] < ends[1] <= SCALES[1]:
            raise ModelError(
                f"crowding: scales from {ends[0]:.3g} to {ends[1]:.3g}, "
                f"where {SCALES[0]:g} to {SCALES[1]:g} are allowed"
            )

    @property
    def dimension(self) -> int:
        return int(self.layers[0][0].shape[0])

    @property
    def slope(self) -> float:
        """log scale = offset + slope · log r."""
        return -self.crowding.exponent / 2

    @property
    def offset(self) -> float:
        return self.crowding.exponent / 2 * math.log(self.crowding.typical)

    def _scale_of(self, log_r: np.float64) -> float:
        return float(np.exp(self.offset + self.slope * log_r))

    def log_crowding(self, units: Floats) -> Floats:
        """log r of each face, within low and high: float32 [N]. units: float32 [N, D], length 1."""
        x = np.asarray(units, np.float32)
        for number, (weights, bias) in enumerate(self.layers):
            x = x @ weights.astype(np.float32) + bias.astype(np.float32)
            if number < len(self.layers) - 1:
                x = np.maximum(x, np.float32(0))
        return np.asarray(np.clip(x[:, 0], self.low, self.high), np.float32)

    def scale(self, units: Floats) -> Floats:
        """The scale of each face: float32 [N]. units: float32 [N, D], length 1."""
        exponent = np.float32(self.offset) + np.float32(self.slope) * self.log_crowding(units)
        return np.asarray(np.exp(exponent), np.float32)

    def scaled(self, units: Floats) -> Floats:
        """float32 [N, D], the rows made as long as their scale. units: float32 [N, D], length 1."""
        return scaled(units, self.scale(units))


def save_network(network: CrowdingNetwork, path: Path) -> None:
    """Keep it as an .npz of plain arrays, the same bytes for the same numbers."""
    told = network.crowding
    arrays: dict[str, Any] = {
        "bounds": np.array([network.low, network.high]),
        "crowding": np.array([told.exponent, told.typical, told.nearest]),
        "fitted_on": np.array(told.fitted_on),
    }
    for number, (weights, bias) in enumerate(network.layers):
        arrays |= {f"weights_{number}": weights, f"bias_{number}": bias}
    content = io.BytesIO()
    np.savez(content, **arrays)
    write_atomic(path, content.getvalue())


def load_network(path: Path) -> CrowdingNetwork:
    """What `save_network` kept. Raises ModelError that names the file for anything else."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            count = sum(name.startswith("weights_") for name in kept.files)
            layers = tuple((kept[f"weights_{i}"], kept[f"bias_{i}"]) for i in range(count))
            low, high = map(float, kept["bounds"])
            exponent, typical, nearest = map(float, kept["crowding"])
            crowding = Crowding(exponent, typical, int(nearest), str(kept["fitted_on"]))
        return CrowdingNetwork(layers, low, high, crowding)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: not the kept weights of a crowding network") from error
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
