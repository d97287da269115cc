"""The gates that are tried, one curve of them for each question."""

from __future__ import annotations

from benchmarks.hard.gates import Gate

TRUSTED = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.98)  # quality from which faces build people
REACHES = (0.8, 0.9, 1.0)  # of a poor face, as shares of the reach of good ones
RATES = (5e-4, 1e-3, 2e-3)  # of strangers that are as near as a poor face may be


def all_gates() -> dict[str, list[Gate]]:
    """The gates to try, by the name of the curve."""
    return {
        "trusted": [Gate(trusted=value) for value in TRUSTED],
        "without": [Gate(trusted=value, consistency=False) for value in TRUSTED],
        "poor": [Gate(poor_reach=reach, poor_rate=rate) for reach in REACHES for rate in RATES],
    }
