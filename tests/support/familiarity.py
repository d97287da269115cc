"""A familiarity model of made-up numbers, and crops for it."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnx

from facecluster.embed.familiarity import CHANNELS, FamiliarityModel, with_means
from facecluster.embed.onnx_graph import content_of
from facecluster.embed.shipped import shipped_model
from facecluster.runtime import session


def noise(count: int) -> np.ndarray:
    """uint8 [count, 150, 150, 3]: squares of 30 px."""
    random = np.random.default_rng(3)
    cells = random.integers(0, 256, (count, 5, 5, 3), np.uint8)
    return cells.repeat(30, 1).repeat(30, 2)


@cache
def random_familiarity() -> FamiliarityModel:
    """One that finds noise familiar and strange, on both sides of what is doubted."""
    made = with_means(onnx.load(shipped_model("cpu")), "means")
    means = session(content_of(made), "cpu").run(["means"], {"crops": noise(32)})[0]
    spread = means.std(axis=0) + np.float32(1e-3)
    weights = np.random.default_rng(5).normal(0, 0.012, CHANNELS).astype(np.float32)
    return FamiliarityModel(means.mean(axis=0), spread, weights, -0.15, 6.0, -0.8)
