"""What UTKFace's file names say of a face, and the kinds of faces that the tables tell apart.

Labels of this benchmark alone: the product never guesses anybody's age, gender or origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from facecluster.errors import FaceclusterError

NAME = re.compile(r"(\d+)_([mf])_([a-z]+)_\d+")
BANDS = {
    "0 to 2 years": (0, 2),
    "3 to 9 years": (3, 9),
    "10 to 17 years": (10, 17),
    "60 years and more": (60, 999),
}
CHILDREN = tuple(BANDS)[:3]
ORIGINS = ("white", "black", "asian", "indian", "other")
WORDS = {"m": "men", "f": "women"}
KINDS = (*BANDS, *(f"{origin} {word}" for origin in ORIGINS for word in WORDS.values()))
REFERENCE = "white men"  # whom most sets are full of
HALVES = ("fit", "judge")


@dataclass(frozen=True, slots=True)
class Label:
    """What a file name says. age: in years. gender: a key of WORDS. origin: one of ORIGINS."""

    age: int
    gender: str
    origin: str

    @classmethod
    def of(cls, stem: str) -> Label:
        """The label of a file called so, but for its suffix. Raises FaceclusterError."""
        match = NAME.fullmatch(stem)
        if match is None or match[3] not in ORIGINS:
            raise FaceclusterError(
                f"{stem}: expected a name such as 027_f_asian_003, of age in years, m or f, "
                f"{', '.join(ORIGINS)}, and a number; name the file so, or take it out"
            )
        return cls(int(match[1]), match[2], match[3])

    @property
    def kind(self) -> str:
        """Its age band; from 18 to 59 years origin and gender."""
        for band, (first, last) in BANDS.items():
            if first <= self.age <= last:
                return band
        return f"{self.origin} {WORDS[self.gender]}"

    @property
    def child(self) -> bool:
        return self.kind in CHILDREN


def half_of(stem: str) -> str:
    """Which of HALVES a picture is in: by the sum of the bytes of its name, even or odd."""
    return HALVES[sum(stem.encode()) % 2]
