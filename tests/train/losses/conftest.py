"""Batches for the losses: raw embeddings in float32, which the tests normalise themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

LABELS = {
    "even": [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3],
    "mixed": [4, 0, 2, 0, 4, 2, 4, 1, 0, 4, 9, 4],  # 1 and 9 have one picture
    "two": [0, 1, 1, 1, 1, 1, 1],
    "one class": [5, 5, 5, 5],
    "all different": [3, 1, 2, 0],
    "one picture": [0],
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(params=LABELS)
def labels(request: pytest.FixtureRequest) -> Tensor:
    return torch.tensor(LABELS[request.param])


@pytest.fixture
def batch() -> Callable[[Tensor, int], Tensor]:
    """Embeddings around a centre a class, so that all degrees of hardness come up: [N, 6]."""

    def make(labels: Tensor, seed: int) -> Tensor:
        generator = torch.Generator().manual_seed(seed)
        centres = torch.randn(10, 6, generator=generator)
        noise = torch.randn(len(labels), 6, generator=generator)
        return (centres[labels] + 0.7 * noise) * (
            1 + torch.rand(len(labels), 1, generator=generator)
        )

    return make
