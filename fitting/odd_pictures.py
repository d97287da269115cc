"""Fit what knows a crop that the embedder was not made for: `familiarity`.

    python -m fitting.odd_pictures [--data FOLDER] [--out FILE]

Pictures of strangers are altered in many ways (benchmarks/common/altered/). After some of them,
faces of different people lie near each other: how much nearer is what the model learns, from the
activations within the network. Usual changes (grey, faded, smaller) count as nothing. Judged on
people and on kinds of alteration that were left out, four times; then the model of all people and
kinds to fit on is written, and judged on the other people and on kinds that no fit has seen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.albums import draw
from benchmarks.common.altered.kinds import AS_IT_IS, ODD, UNSEEN, USUAL
from benchmarks.common.libraries import FITTED_PEOPLE, FITTED_SHARE, names_in
from benchmarks.common.places import DATA
from facecluster.embed.embedder import DOUBTS
from facecluster.embed.familiarity import FamiliarityModel, save_familiarity
from facecluster.errors import FaceclusterError
from fitting.odd.faces import Faces, OddReader, remaining
from fitting.odd.model import fit

TURNS = 4  # splits of the kinds
MANY, FEW, ALL_AGES = 80, 60, 110  # pictures of lfw, pins44 and utk that are altered
PLAIN = 15  # times as many are only looked at as they are
Picture = tuple[str, Path]


def pictures(data: Path, fitted: bool, times: int, seed: int) -> list[Picture]:
    """Strangers by chance, those to fit on or the others: person and path."""
    random = np.random.default_rng(seed)
    people = set(names_in(data / FITTED_PEOPLE))
    found = [(p.name, p) for p in sorted((data / "lfw" / "images").iterdir())]
    many = [(n, sorted(p.glob("*.jpg"))[0]) for n, p in found if (n in people) == fitted]
    folders = sorted(path for path in (data / "pins44").iterdir() if path.is_dir())
    names = [folder.name for folder in folders]
    regulars = draw(np.random.default_rng(0), names, round(FITTED_SHARE * len(names)))
    some = [folder for folder in folders if (folder.name in regulars) == fitted]
    few = [(folder.name, path) for folder in some for path in sorted(folder.glob("*.jpg"))]
    aged = [(path.stem, path) for path in sorted((data / "utk").glob("*.jpg"))]
    aged = [(name, path) for name, path in aged if (sum(name.encode()) % 2 == 0) == fitted]
    chosen: list[Picture] = []
    for rows, count in ((many, MANY), (few, FEW), (aged, ALL_AGES)):
        order = random.permutation(len(rows))[: count * times]
        chosen += [rows[row] for row in order]
    return chosen


def caught(model: FamiliarityModel, faces: Faces, rows: NDArray[np.int64]) -> tuple[float, float]:
    """Of these faces: the share that is doubted, and the mean familiarity."""
    told = model.familiarity(faces.means[rows])
    return float((told < DOUBTS.doubted).mean()), float(told.mean())


def rotate(faces: Faces, remains: NDArray[np.float64]) -> None:
    """Print how kinds are judged by a model that saw neither them nor the people."""
    usual = np.isin(faces.kind, list(USUAL))
    random = np.random.default_rng(0)
    half = np.isin(faces.person, random.permutation(np.unique(faces.person))[::2])
    print("left out:            n  remains  familiarity  doubted")
    for kinds in np.array_split(random.permutation(sorted(ODD)), TURNS):
        out = np.isin(faces.kind, kinds)
        model = fit(faces.means[half & ~out], remains[half & ~out], usual[half & ~out])
        for kind in kinds:
            say(kind, model, faces, remains, np.nonzero(~half & (faces.kind == kind))[0])
    model = fit(faces.means[half], remains[half], usual[half])
    for kind in USUAL:
        say(kind, model, faces, remains, np.nonzero(~half & (faces.kind == kind))[0])


def say(
    kind: str,
    model: FamiliarityModel,
    faces: Faces,
    remains: NDArray[np.float64],
    rows: NDArray[np.int64],
) -> None:
    if len(rows):
        doubted, mean = caught(model, faces, rows)
        known = remains[rows][np.isfinite(remains[rows])]
        middle = np.median(known) if len(known) else np.nan
        print(f"{kind:18}{len(rows):5}{middle:9.2f}{mean:13.3f}{doubted:9.3f}", flush=True)


def judge(model: FamiliarityModel, faces: Faces, kinds: Sequence[str]) -> None:
    """Print what the model says of people that it was not fitted to."""
    remains = remaining(faces)
    print("other people:        n  remains  familiarity  doubted")
    for kind in kinds:
        say(kind, model, faces, remains, np.nonzero(faces.kind == kind)[0])


def joined(reader: OddReader, data: Path, kinds: Sequence[str]) -> tuple[Faces, Faces]:
    """Altered faces to fit on, and many more as they are."""
    altered = reader.read(pictures(data, True, 1, seed=7), kinds)
    return altered, reader.read(pictures(data, True, PLAIN, seed=11), [AS_IT_IS])


def main() -> int:
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("--data", type=Path, default=DATA, help="the folder of lfw, pins44 and utk")
    made.add_argument("--out", type=Path, help="write the model here (export/familiarity.npz)")
    options = made.parse_args()
    try:
        reader = OddReader()
        altered, plain = joined(reader, options.data, [*USUAL, *ODD])
        remains = remaining(altered)
        rotate(altered, remains)
        usual = np.concatenate([np.isin(altered.kind, list(USUAL)), np.ones(len(plain), bool)])
        means = np.concatenate([altered.means, plain.means])
        model = fit(means, np.append(remains, np.full(len(plain), np.nan)), usual)
        if options.out:
            save_familiarity(model, options.out)
        kinds = [*USUAL, *ODD, *UNSEEN]
        judge(model, reader.read(pictures(options.data, False, 1, seed=7), kinds), kinds)
    except (FaceclusterError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
