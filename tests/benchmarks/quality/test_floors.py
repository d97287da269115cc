"""Scores against the least that they may be."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.quality.floors import below


def row(name: str, f: float) -> dict[str, Any]:
    return {"set": name, "method": "auto", "bcubed": {"f": f}, "pairwise": {"f": f}}


@pytest.mark.parametrize("measure", ["bcubed", "pairwise"])
def test_a_score_below_its_floor_is_named(measure: str) -> None:
    limits = {"lfw": {"bcubed": 0.9, "pairwise": 0.9}, "mine": {"bcubed": 0.1, "pairwise": 0.1}}
    good = [row("lfw", 0.9), row("mine", 0.2)]
    assert below(good, limits) == []
    bad = good[0] | {measure: {"f": 0.8999}}
    assert below([bad, good[1]], limits) == [
        f"lfw: auto fell below: {measure} F 0.8999 (floor 0.9000)"
    ]
