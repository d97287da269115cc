"""How near the groups of strangers come, by their size: what `FalseAcceptCurve.between` rests on.

    python -m fitting.strangers [--data FOLDER] [--cache FOLDER]

From every person of LFW and pins44 with so many good faces, that many are drawn; the mean
distances of all pairs of people are compared with the false-accept table of single faces. `spread`
is how many times narrower the bell curve is than that of single faces, `said` what `narrowing`
says of it with the numbers of facecluster/cluster/tuning.py. Faces are kept in .cache/quality.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.albums import Album
from benchmarks.common.places import DATA, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from facecluster.cluster.false_accept_curve import FalseAcceptCurve, narrowing
from facecluster.cluster.search.points import mirrored, with_scale
from facecluster.cluster.tuning import DEFAULT
from facecluster.evaluate.grouping import middle_faces
from facecluster.faces.quality import quality
from facecluster.records import Floats

SIZES = ((1, 1), (1, 2), (1, 4), (1, 8), (1, 16), (2, 2), (4, 4), (8, 8))
RATES = (1e-4, 1e-3, 1e-2)
DRAWS = 8
MOST = 3000  # people of a draw
ENOUGH = 10  # pairs of people that must be as near for a rate to be told


def good_faces(album: Album) -> tuple[Floats, NDArray[np.str_]]:
    """Embeddings of the faces that photos are named for, and these names; only the good ones."""
    faces = album.faces
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, faces.consistency)
    middle = middle_faces(faces.photo, faces.boxes, album.extents)
    rows = middle[middle >= 0]
    rows = rows[trust[rows] >= DEFAULT.gate.trusted]
    return faces.embeddings[rows], album.names[faces.photo[rows]]


def means(
    faces: Floats, people: NDArray[np.int64], size: int, random: np.random.Generator
) -> dict[int, Floats]:
    """The mean point of `size` faces by chance of every person who has as many."""
    order = random.permutation(len(people))
    order = order[np.argsort(people[order], kind="stable")]
    counts = np.bincount(people)
    starts = np.cumsum(counts) - counts
    points = with_scale(faces)
    who = random.permutation(np.nonzero(counts >= size)[0])[:MOST]
    return {int(p): points[order[starts[p] : starts[p] + size]].mean(axis=0) for p in who}


def shares(
    faces: Floats, people: NDArray[np.int64], sizes: tuple[int, int], edges: NDArray[np.float64]
) -> tuple[NDArray[np.int64], int]:
    """Pairs of strangers within each edge, and all pairs, over DRAWS draws."""
    random = np.random.default_rng(0)
    within, pairs = np.zeros(len(edges), np.int64), 0
    for _ in range(DRAWS):
        one, other = (means(faces, people, size, random) for size in sizes)
        if not one or not other:
            break
        ends = mirrored(np.stack(list(one.values()))), np.stack(list(other.values()))
        gaps = -(ends[0] @ ends[1].T)
        gaps = gaps[np.array(list(one))[:, None] != np.array(list(other))]
        within += np.searchsorted(np.sort(gaps), edges, side="right")
        pairs += gaps.size
    return within, pairs


def line(sizes: tuple[int, int], within: NDArray[np.int64], pairs: int) -> str:
    """Share of pairs and spread at each rate of the table."""
    bell, cells = NormalDist(), []
    for rate, count in zip(RATES, within.tolist(), strict=True):
        if count < ENOUGH:
            cells.append(f"{'-':>20}")
            continue
        spread = bell.inv_cdf(rate) / bell.inv_cdf(count / pairs)
        cells.append(f"{count / pairs:>11.1e}{spread:>9.3f}")
    one, other = sizes
    said = narrowing(one, other)
    return f"{one:>3} and {other:<3}{pairs:>12,}" + "".join(cells) + f"{said:>9.3f}"


def main() -> int:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    made.add_argument("--cache", type=Path, default=KEPT_FACES)
    options = made.parse_args()
    source = Source(options.cache)
    known = [good_faces(source.album(options.data / path)) for path in FOLDERS.values()]
    faces = np.concatenate([rows for rows, _ in known])
    people = np.unique(np.concatenate([names for _, names in known]), return_inverse=True)[1]
    curve = FalseAcceptCurve(source.model.far_table, source.model.distance)
    edges = np.array([curve.limit(rate) for rate in RATES])
    print(f"{'faces':<9}{'pairs':>13}" + "".join(f"{f'{r:.0e}, spread':>20}" for r in RATES)
          + f"{'said':>9}")  # fmt: skip
    for sizes in SIZES:
        print(line(sizes, *shares(faces, people, sizes, edges)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
