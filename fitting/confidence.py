"""Fit the `ConfidenceWeights` of facecluster/cluster/tuning.py: how sure may a grouping be?

Three logistic models of the evidence in facecluster/cluster/confidence: that a face is of its
person, that a person is one person, that two people are one. They are fitted to groupings of
libraries that are built of people of LFW and pins44 (benchmarks/common/libraries.py), and judged on
libraries of other people.

    python -m fitting.confidence [--data FOLDER] [--cache FOLDER] [--seed SEED]

Prints the weights, ready to be pasted. How the shipped ones do: `python -m benchmarks.confidence`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.common.known import WHAT, Known, known_half, together
from benchmarks.common.places import DATA, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.reliability import calibration_error
from facecluster.cluster.confidence.chances import chance
from facecluster.errors import FaceclusterError

DRAWS = 3  # times that the libraries which are drawn by seed are drawn, to fit on
# A library of n answers counts as n to this power less than it would: otherwise the large ones
# alone decide. Chosen within the people to fit on, half of them against the other half.
POWER = {"faces": 0.5, "people": 0.25, "pairs": 0.5}
SOFTNESS = 10.0  # scikit-learn's C


def fitted(libraries: Sequence[Known], what: str) -> tuple[float, ...]:
    """Weights of the evidence and the intercept, rounded as they are pasted."""
    answers = together(libraries, what)
    sizes = np.array([len(library.answers[what].so) for library in libraries])
    weights = np.repeat(np.maximum(sizes, 1.0) ** -POWER[what], sizes)
    # In units of its spread, so that the penalty weighs all of the evidence alike.
    middle, spread = answers.evidence.mean(axis=0), answers.evidence.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    model = LogisticRegression(C=SOFTNESS, max_iter=3000)
    model.fit((answers.evidence - middle) / spread, answers.so, weights / weights.mean())
    slopes = model.coef_[0] / spread
    found = [*slopes, model.intercept_[0] - slopes @ middle]
    return tuple(round(float(number), 3) for number in found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    parser.add_argument("--cache", type=Path, default=KEPT_FACES)
    parser.add_argument(
        "--seed", type=int, default=0, help="of who is fitted, and of the libraries"
    )
    options = parser.parse_args()
    try:
        source = Source(options.cache)
        to_fit = known_half(source, options.data, 0, options.seed, DRAWS)
        to_judge = known_half(source, options.data, 1, options.seed)
    except FaceclusterError as error:
        print(error)
        return 1
    for what in WHAT:
        weights = fitted(to_fit, what)
        print(f"{what} = {weights}")
        judged = together(to_judge, what)
        off = calibration_error(chance(judged.evidence, weights), judged.so)
        print(f"# {len(judged.so)} {what} of unseen people: expected calibration error {off:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
