"""The worst photos of each kind, small: each is read in a process of its own, below 1 GB."""

from __future__ import annotations

import sys

import pytest
from PIL import features

from benchmarks.limits.__main__ import measured
from benchmarks.limits.worst import WORST

KINDS = [name for name in WORST if name != "AVIF" or features.check("avif")]
MODERATE = ["PNG, 16-bit RGBA", "JPEG, many scans"]  # at a third: a second each

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc says what it took")


@pytest.mark.parametrize("name", KINDS)
def test_each_is_a_photo(name: str) -> None:
    peak, _, _, told = measured(WORST[name](0.02))
    assert "x" in told
    assert told.replace(" x ", "").isdigit()
    assert float(peak) < 200


@pytest.mark.parametrize("name", MODERATE)
def test_none_takes_too_much(name: str) -> None:
    peak, seconds, _, told = measured(WORST[name](0.35))
    assert told.replace(" x ", "").isdigit()
    assert float(peak) < 500
    assert float(seconds) < 10
