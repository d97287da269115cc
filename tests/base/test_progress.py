"""Nobody has to listen."""

from __future__ import annotations

from facecluster.base.progress import Progress, no_progress


def test_no_progress_can_stand_for_any_listener() -> None:
    listener: Progress = no_progress
    assert listener("read", 1, 2) is None  # type: ignore[func-returns-value]
