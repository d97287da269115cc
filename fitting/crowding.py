"""Fit the network behind the shipped embedders that tells how crowded a face's surroundings are.

    python -m fitting.crowding [--strangers FOLDER] [--whose {utk,lfw}] [--out FILE] [--data FOLDER]

Strangers are the half to fit on of a folder of pictures, one a person (benchmarks/alike/ judges on
the other half); usual faces are the people of LFW's `peopleDevTrain` and 30 of the 44 people of
pins44. Writes what `python -m export.crowding` puts into the models, and prints the false-accept
table of their distances, measured on the usual faces. `--whose lfw` does without the folder: then a
picture of each of those people are the strangers.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.common.albums import Album
from benchmarks.common.libraries import FITTED_PEOPLE, halves, names_in
from benchmarks.common.places import DATA, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from facecluster.distances import units
from facecluster.embed.crowding import save_network
from facecluster.errors import FaceclusterError
from facecluster.evaluate.calibration.calibrate import far_table
from facecluster.evaluate.calibration.crowding import fit_crowding
from facecluster.evaluate.grouping import middle_faces
from facecluster.records import Floats

OUT = Path("export") / "crowding.npz"
ABOUT = {
    "utk": "one half of 6,000 pictures of UTKFace, given for research by its authors",
    "lfw": "a picture of each person of LFW's peopleDevTrain and of 30 people of pins44",
}


def to_fit(name: str) -> bool:
    """Whether a picture of a folder of strangers is one to fit on, by its name without ending."""
    return sum(name.encode()) % 2 == 0


def faces_of(album: Album) -> tuple[list[str], Floats]:
    """The names of the photos that show a face and the unit row of the one in the middle."""
    middle = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    seen = middle >= 0
    return album.names[seen].tolist(), units(album.faces.embeddings[middle[seen]])


def one_each(names: list[str], rows: Floats) -> Floats:
    """The first row of each name."""
    return rows[np.sort(np.unique(names, return_index=True)[1])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of lfw, pins44, utk")
    parser.add_argument("--strangers", type=Path, help="a folder with one picture a person")
    parser.add_argument(
        "--whose", choices=ABOUT, default="utk", help="whose pictures are strangers"
    )
    parser.add_argument("--cache", type=Path, default=KEPT_FACES)
    parser.add_argument("--out", type=Path, default=OUT, help="the network (.npz)")
    options = parser.parse_args()
    folder = options.strangers or options.data / "utk"
    about = f"one half of the pictures of {folder.name}" if options.strangers else None
    try:
        source = Source(options.cache)
        many, few = (source.album(options.data / path) for path in FOLDERS.values())
        half = halves(many, few, names_in(options.data / FITTED_PEOPLE), 0)[0]
        known = [faces_of(half.many), faces_of(half.few)]
        if options.whose == "lfw":
            strangers = np.concatenate([one_each(*part) for part in known])
        else:
            names, rows = faces_of(source.strangers(folder))
            strangers = rows[[to_fit(name) for name in names]]
        usual = np.concatenate([rows for _, rows in known])
        fitted = fit_crowding(strangers, usual, about or ABOUT[options.whose])
        save_network(fitted.network, options.out)
    except FaceclusterError as error:
        print(error)
        return 1
    print(f"{options.out}: {fitted.strangers} strangers, correlation {fitted.correlation:.3f}")
    names, rows = known[0]
    people = np.unique(names, return_inverse=True)[1].astype(np.int64)
    for rate, edge in far_table(fitted.network.scaled(rows), people):
        print(f"    ({rate:.0e}, {edge:.4f}),")
    return 0


if __name__ == "__main__":
    sys.exit(main())
