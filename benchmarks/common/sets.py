"""The four labelled sets that groupings are judged on: two folders, and two mixes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.common.albums import Album, draw, of_people, people_with, pour

# Folders of the research pictures, each with a folder of pictures for each person.
FOLDERS = {"lfw": Path("lfw") / "images", "pins44": Path("pins44")}
ALBUM_SIZES = (200, 120, 80, 60, 40, 20, 10, 5)  # pictures of each person in the small album
STRANGERS, SINGLES, REGULARS = 100, 500, 20  # people


def singletons(many: Album, few: Album, seed: int = 0) -> Album:
    """People of `many` that have one photo, poured over people of `few`."""
    random = np.random.default_rng(seed)
    strangers = draw(random, people_with(many, 1, 1), SINGLES)
    regulars = draw(random, people_with(few, 2), REGULARS)
    return pour([of_people(many, strangers), of_people(few, regulars)])


def small_album(many: Album, few: Album, seed: int = 0) -> Album:
    """A person for each of ALBUM_SIZES with so many photos, and strangers with one.

    Whoever `few` has not enough photos of is taken from `many`, as are the strangers.
    """
    random = np.random.default_rng(seed)
    parts = [of_people(many, draw(random, people_with(many, 1, 1), STRANGERS))]
    used: set[str] = set()
    for size in ALBUM_SIZES:
        source = few if people_with(few, size) else many
        for name in draw(random, sorted(set(people_with(source, size)) - used), 1):
            used.add(name)
            photos = np.nonzero(source.names == name)[0]
            parts.append(source.take(random.choice(photos, size, replace=False)))
    return pour(parts)


MIXES: dict[str, Callable[[Album, Album, int], Album]] = {
    "singletons": singletons,
    "album": small_album,
}
SETS = (*FOLDERS, *MIXES)
