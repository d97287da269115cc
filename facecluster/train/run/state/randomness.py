"""What a run draws from: its own generator, and torch's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


class Randomness:
    """The state of everything that is random, so that a run goes on bit for bit.

    generator: draws changes of pictures, triplets, and the weights of losses; each rank has its
    own, on the CPU. Torch's own generators are those of the process.
    """

    def __init__(self, seed: int, rank: int) -> None:
        self.generator = torch.Generator().manual_seed(seed + 1 + rank)

    def state(self) -> dict[str, Any]:
        """As checkpoints have it."""
        return {
            "generator": self.generator.get_state(),
            "random": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        self.generator.set_state(kept["generator"])
        torch.set_rng_state(kept["random"])
        if kept["cuda"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(kept["cuda"])
