"""Groupings of every kind, and whether two are the same."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from facecluster.records import Confidence, Copies, Grouping, Reason


def make_grouping(labels: list[int], sure: bool = True) -> Grouping:
    """A grouping with every reason there is and distances that are not numbers."""
    n, ids = len(labels), np.array(labels, np.int32)
    others = [r for r in Reason if r is not Reason.PLACED]
    reasons = [others[i % 4] if label < 0 else Reason.PLACED for i, label in enumerate(labels)]
    confidence = Confidence(
        faces=np.where(ids >= 0, 0.75, np.nan).astype(np.float32),
        people=np.linspace(0, 1, int(ids.max(initial=-1)) + 1, dtype=np.float32),
        pairs=np.array([[0, 1]], np.int32),
        same=np.array([0.3], np.float32),
    )
    return Grouping(
        labels=ids,
        reasons=tuple(reasons),
        nearest=ids,
        distance=np.where(ids >= 0, 0.1, np.nan).astype(np.float32),
        quality=np.linspace(0, 1, n, dtype=np.float32),
        core=ids > 0,
        threshold=0.1 + 0.2,
        notes=("“Grüße”, it says.", "Two."),
        confidence=confidence if sure else None,
        copies=Copies(np.zeros(n, np.int32), np.arange(n, dtype=np.int32)) if sure else None,
    )


def assert_same(one: Grouping, other: Grouping) -> None:
    assert (one.reasons, one.threshold, one.notes) == (other.reasons, other.threshold, other.notes)
    pairs: list[tuple[Any, Any]] = [(one, other)]
    assert (one.confidence is None) == (other.confidence is None)
    if one.confidence is not None and other.confidence is not None:
        pairs.append((one.confidence, other.confidence))
    assert (one.copies is None) == (other.copies is None)
    if one.copies is not None and other.copies is not None:
        pairs.append((one.copies, other.copies))
    for mine, yours in pairs:
        for field in fields(mine):
            value, twin = getattr(mine, field.name), getattr(yours, field.name)
            if isinstance(value, np.ndarray):
                assert value.dtype == twin.dtype
                np.testing.assert_array_equal(value, twin)
