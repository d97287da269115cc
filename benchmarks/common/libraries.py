"""Libraries of every kind, built of people whose names are known, in two halves that share nobody.

Whatever is fitted to groupings is fitted on one half and judged on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common.albums import Album, draw, of_people, people_with, pour

FITTED_PEOPLE = Path("lfw") / "peopleDevTrain.txt"  # of LFW's View 1: a name and a count per line
FITTED_SHARE = 30 / 44  # of the people of pins44, drawn by seed
MIXES, MIDDLES, ALBUMS, FAMILIES = 3, 3, 3, 12  # libraries of these kinds
SINGLES, REGULARS = 500, 12  # people of a mix
MIDDLE_MANY, MIDDLE_FEW = (3, 30), (3, 40)  # photos of a person in a middle-sized library
ALBUM_SIZES, ALBUM_STRANGERS = (60, 40, 30, 20, 10, 8, 5, 4), 100
FAMILY_SIZES, FAMILY_STRANGERS = (12, 10, 8, 6, 4, 3), 20
OFTEN = 5  # photos of a person of `many` who is poured over all of `few`
KINDS = {
    "lfw": "everybody of LFW",
    "pins44": "everybody of pins44",
    "often": f"people of LFW with {OFTEN} photos and more, and everybody of pins44",
    "mix": f"{SINGLES} people of LFW with one photo, and {REGULARS} people of pins44",
    "middle": "people of LFW with 3 to 30 photos, and everybody of pins44 with 3 to 40",
    "album": f"8 people with 4 to 60 photos, and {ALBUM_STRANGERS} strangers with one",
    "family": f"6 people with 3 to 12 photos, and {FAMILY_STRANGERS} strangers with one",
}


@dataclass(frozen=True, slots=True)
class Half:
    """People of a set of many with few photos each, and of one of few with many."""

    many: Album
    few: Album


def halves(many: Album, few: Album, fitted: Sequence[str], seed: int) -> tuple[Half, Half]:
    """Those to fit on and those to judge on. fitted: the people of `many` in the first half."""
    random = np.random.default_rng(seed)
    regulars = draw(random, list(few.sizes), round(FITTED_SHARE * len(few.sizes)))
    first = Half(of_people(many, fitted), of_people(few, regulars))
    second = Half(
        of_people(many, sorted(set(many.sizes) - set(fitted))),
        of_people(few, sorted(set(few.sizes) - set(regulars))),
    )
    return first, second


def names_in(path: Path) -> list[str]:
    """The people that a list of LFW names: a count, then one line per person, name first."""
    lines = path.read_text("utf-8").splitlines()[1:]
    return [line.split("\t")[0] for line in lines if line.strip()]


def libraries(half: Half, seed: int, draws: int = 1) -> list[tuple[str, Album]]:
    """Libraries of every kind with the name of their kind; `draws` times those that are drawn."""
    random = np.random.default_rng(seed)
    often = of_people(half.many, people_with(half.many, OFTEN))
    made = [("lfw", half.many), ("pins44", half.few), ("often", pour([often, half.few]))]
    made += [("mix", _mix(half, random)) for _ in range(draws * MIXES)]
    made += [("middle", _middle(half, random)) for _ in range(draws * MIDDLES)]
    made += [("album", _album(half, random)) for _ in range(draws * ALBUMS)]
    made += [("family", _family(half, random)) for _ in range(draws * FAMILIES)]
    return made


def _mix(half: Half, random: np.random.Generator) -> Album:
    regulars = draw(random, list(half.few.sizes), REGULARS)
    return pour([_alone(half, random, SINGLES), of_people(half.few, regulars)])


def _middle(half: Half, random: np.random.Generator) -> Album:
    regulars = sorted(half.few.sizes)
    sizes = random.integers(MIDDLE_FEW[0], MIDDLE_FEW[1] + 1, len(regulars)).tolist()
    some = of_people(half.many, people_with(half.many, *MIDDLE_MANY))
    return pour([some, *_some_photos(half.few, regulars, sizes, random)])


def _album(half: Half, random: np.random.Generator) -> Album:
    people = draw(random, list(half.few.sizes), len(ALBUM_SIZES))
    strangers = _alone(half, random, ALBUM_STRANGERS)
    return pour([strangers, *_some_photos(half.few, people, ALBUM_SIZES, random)])


def _family(half: Half, random: np.random.Generator) -> Album:
    people = draw(random, list(half.few.sizes), len(FAMILY_SIZES))
    strangers = _alone(half, random, FAMILY_STRANGERS)
    return pour([strangers, *_some_photos(half.few, people, FAMILY_SIZES, random)])


def _alone(half: Half, random: np.random.Generator, count: int) -> Album:
    """People of `many` with one photo."""
    return of_people(half.many, draw(random, people_with(half.many, 1, 1), count))


def _some_photos(
    album: Album, names: Sequence[str], sizes: Sequence[int], random: np.random.Generator
) -> list[Album]:
    """So many photos of each of these people, by chance; all of them where there are fewer."""
    parts = []
    for name, size in zip(names, sizes, strict=False):
        photos = random.permutation(np.nonzero(album.names == name)[0])
        parts.append(album.take(photos[:size]))
    return parts
