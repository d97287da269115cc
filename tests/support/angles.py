"""Embeddings in a plane, whose distances follow from angles."""

from __future__ import annotations

import numpy as np


def at_angles(*degrees: float) -> np.ndarray:
    """Unit rows float32 [N, 2], one at each angle."""
    turned = np.radians(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def apart(degrees: float) -> float:
    """Cosine distance of two rows with that angle between them."""
    return float(1 - np.cos(np.radians(degrees)))
