"""What a run could not read, and what of it counts all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from facecluster.library.index import Index
from facecluster.library.readings import Reading


@dataclass(frozen=True, slots=True)
class Unread:
    """problems: path and reason of files whose bytes could not be had. stale: paths of photos that
    could not be read for want of memory or time, and that an earlier run has read."""

    problems: dict[str, str] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)

    def sorted_out(self, batch: Iterable[Reading], index: Index) -> list[Reading]:
        """The readings that go into the index; what there is to tell of the rest is kept here."""
        new = []
        for reading in batch:
            if reading.for_now and index.has_read(reading.file.path):
                self.stale.append(reading.file.path)
                continue
            new.append(reading)
            if reading.problem and not reading.digest:
                self.problems[reading.file.path] = reading.problem
        return new

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.stale:
            return ()
        these, few = ("", "") if len(self.stale) == 1 else ("s", f"{len(self.stale)} photos")
        return (
            f"{few or self.stale[0]} could not be read again for want of memory or time; what an "
            f"earlier run found in the photo{these} stands.",
        )
