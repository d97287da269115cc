"""A shelf for photos and their copies."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.shelf import Shelf


@pytest.fixture
def shelf(rng: np.random.Generator) -> Shelf:
    return Shelf(rng)
