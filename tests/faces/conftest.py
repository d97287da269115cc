"""Pictures with known faces."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.faces.detect import Detector
from facecluster.records import Picture


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(device="cpu")


def picture(pixels: np.ndarray) -> Picture:
    """A picture at its full size."""
    return Picture(pixels, pixels.shape[1], pixels.shape[0])
