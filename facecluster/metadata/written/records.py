"""What is written about one photo, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from facecluster.identity import Box
from facecluster.metadata.records import Region


@dataclass(frozen=True, slots=True)
class NamedBox:
    """A face with a name.

    box: x, y, width and height in fractions of the stored picture, before its EXIF orientation,
    from the top left corner, inside 0..1.
    """

    name: str
    box: Box

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name: expected a name")
        Region(self.name, self.box, "facecluster")  # holds the box to the same rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """changed: whether a file was written or removed. problem: a sentence where the names were not
    written, else None. file: that holds the names, None where none does."""

    changed: bool
    problem: str | None = None
    file: Path | None = field(default=None, compare=False)
