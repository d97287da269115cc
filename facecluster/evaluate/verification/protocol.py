"""The verification protocol on a list of pairs, from pictures to the figures that are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster.base.progress import Progress, no_progress
from facecluster.distances import paired_distances
from facecluster.evaluate.pictures import Embeds, embed_pictures
from facecluster.evaluate.verification.folds import (
    Distances,
    Flags,
    ranking,
    verify,
)
from facecluster.evaluate.verification.pair_lists import Pairs


@dataclass(frozen=True, slots=True)
class Figures:
    """What is reported of a list of pairs.

    same, different: pairs of each kind. folds: how many. accuracy: mean over the folds, and
    standard_error of that mean, the threshold of each fold chosen on the others; threshold is
    their mean. With one fold there are no others: then accuracy is at the model's own threshold,
    and standard_error is None. auc, eer: of the ROC curve. tar: pairs of false-accept rate and
    true-accept rate, None where there are too few different pairs to tell.
    """

    same: int
    different: int
    folds: int
    accuracy: float
    standard_error: float | None
    threshold: float
    auc: float
    eer: float
    tar: tuple[tuple[float, float | None], ...]


def figures(
    distances: Distances, same: Flags, fold: NDArray[np.int64], own_threshold: float
) -> Figures:
    """The figures of pairs.

    distances: float [P]. same: bool [P]. fold: int64 [P]. own_threshold: of the model.
    Raises ValueError without both kinds of pairs.
    """
    if same.all() or not same.any():
        raise ValueError("verification needs same and different pairs")
    folds, different = len(np.unique(fold)), int((~same).sum())
    error: float | None
    if folds > 1:
        found = verify(distances, same, fold)
        accuracy, error, threshold = found.accuracy, found.standard_error, found.threshold
        ranked = found.ranking
    else:
        ranked = ranking(distances, same)
        accuracy, error = float(np.mean((distances <= own_threshold) == same)), None
        threshold = own_threshold
    return Figures(
        same=int(same.sum()),
        different=different,
        folds=folds,
        accuracy=accuracy,
        standard_error=error,
        threshold=threshold,
        auc=ranked.auc,
        eer=ranked.eer,
        tar=tuple((rate, share if enough(rate, different) else None) for rate, share in ranked.tar),
    )


def enough(rate: float, different: int) -> bool:
    """Whether one false accept among so many different pairs is no more than the rate."""
    return rate * different >= 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Verified:
    """Pairs of pictures after the model has looked at them. distances: float64 [P], cosine. same:
    bool [P]. pictures: how many different ones. without_face: those where none was found, so that
    the middle of the picture stood in."""

    figures: Figures
    distances: NDArray[np.float64]
    same: Flags
    pictures: int
    without_face: tuple[str, ...] = ()


def verify_pairs(
    model: Embeds,
    pairs: Pairs,
    images: Path,
    threads: int = 0,
    progress: Progress = no_progress,
) -> Verified:
    """Embed every picture of the pairs once, and judge.

    pairs: with the real paths inside `images` (pairs.resolve). Raises FaceclusterError that names
    a picture that cannot be read: figures on fewer pairs could not be compared with others'.
    """
    names, rows = np.unique([*pairs.first, *pairs.second], return_inverse=True)
    seen = embed_pictures(model, [images / name for name in names], threads, progress)
    first, second = rows[: len(pairs)], rows[len(pairs) :]
    missed = tuple(str(name) for name in names[~seen.found])
    return judge(model, seen.embeddings, (first, second), pairs.same, pairs.fold, missed)


def judge(
    model: Embeds,
    embeddings: NDArray[np.float32],
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
    same: Flags,
    fold: NDArray[np.int64],
    without_face: Sequence[str] = (),
) -> Verified:
    """Judge embeddings float32 [N, D]; rows: int64 [P] twice, the pictures of each pair."""
    distances = paired_distances(embeddings[rows[0]], embeddings[rows[1]])
    found = figures(distances, same, fold, model.spec.distance)
    return Verified(found, distances, same, len(embeddings), tuple(without_face))
