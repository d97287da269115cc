"""The picture of how far chances can be believed."""

from __future__ import annotations

import numpy as np

from benchmarks.common.reliability import curve
from benchmarks.confidence.diagram import TITLES, diagram


def test_the_diagram_is_the_same_every_time() -> None:
    found = curve(np.array([0.15, 0.85, 0.95], np.float32), np.array([False, True, True]))
    drawn = diagram(dict.fromkeys(TITLES, found))
    text = drawn.decode()
    assert drawn == diagram(dict.fromkeys(TITLES, found))
    assert all(title in text for title in TITLES.values())
    assert "<svg" in text
