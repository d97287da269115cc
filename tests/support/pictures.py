"""Pictures as the stages hand them on."""

from __future__ import annotations

import numpy as np

from facecluster.records import Picture


def picture(pixels: np.ndarray) -> Picture:
    """A picture at its full size."""
    return Picture(pixels, pixels.shape[1], pixels.shape[0])
