"""Embeddings with known people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

Maker = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def people(rng: np.random.Generator) -> Maker:
    """make(sizes, spread) gives unit embeddings float32 [N, D] and the person of each row.

    Two of one person are about `spread` apart in cosine distance, two of different ones about 1.
    """

    def make(
        sizes: list[int], spread: float = 0.03, dimension: int = 64
    ) -> tuple[np.ndarray, np.ndarray]:
        centres = rng.normal(size=(len(sizes), dimension))
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        truth = np.repeat(np.arange(len(sizes)), sizes)
        noise = rng.normal(size=(len(truth), dimension)) * np.sqrt(spread / dimension)
        rows = centres[truth] + noise
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows.astype(np.float32), truth

    return make
