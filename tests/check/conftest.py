"""Results to look at."""

from __future__ import annotations

from tests.support.whole_results import made, results

__all__ = ["made", "results"]
