"""What other programs say of the people in one photo."""

from __future__ import annotations

import math
from dataclasses import dataclass

from facecluster.identity import Box


@dataclass(frozen=True, slots=True)
class Region:
    """A face that a program marked.

    name: clean (see `names.clean`), None for a face without a name. box: x, y, width and height in
    fractions of the stored picture, before its EXIF orientation, from the top left corner, inside
    0..1; None where the program gave no area that can be used. source: the kind of entry, such as
    "MWG".
    """

    name: str | None
    box: Box | None
    source: str

    def __post_init__(self) -> None:
        if self.name == "":
            raise ValueError("name: None where there is none")
        if self.box is None:
            return
        x, y, width, height = self.box
        inside = 0 <= x < 1 and 0 <= y < 1 and width > 0 and height > 0
        if not (inside and x + width <= 1 + 1e-9 and y + height <= 1 + 1e-9):
            raise ValueError(f"box: {self.box} is not inside the picture")
        if not all(map(math.isfinite, self.box)):
            raise ValueError("box: expected finite numbers")


@dataclass(frozen=True, slots=True)
class Told:
    """All that was found for a photo.

    regions: with areas, each face once; the first source that places a name wins. names: who is in
    the photo though nobody says where, each once. problems: a sentence for each file that was
    refused.
    """

    regions: tuple[Region, ...] = ()
    names: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was found, be it a problem."""
        return bool(self.regions or self.names or self.problems)
