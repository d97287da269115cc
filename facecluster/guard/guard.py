"""What keeps one photo from ending a run: memory in a budget, what is suspicious in a process of
its own, and a note of what is in work."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final, Self

from facecluster.base.budget import Budget
from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.guard.in_work import Forbearance, InWork
from facecluster.guard.share import Share
from facecluster.photos.apart.process import Apart, StartError
from facecluster.photos.apart.suspicion import Suspicion
from facecluster.photos.read import LIMITS, decode_opened, load, open_photo
from facecluster.records import Picture

LARGE_FILE: Final = 64_000_000  # bytes: it has its part of the budget before it is read
PATIENT: Final = Forbearance()
ORDINARY: Final = Share(1, LIMITS.memory, Suspicion().memory, 1 << 40)


class Guard:
    """Reads photos for several threads at once; a context manager, which ends the processes that it
    started. share: of the memory. notes: of what is in work, None to keep none. again: paths that
    are read whatever is held against them."""

    def __init__(
        self,
        share: Share = ORDINARY,
        notes: InWork | None = None,
        again: Collection[str] = (),
        forbearance: Forbearance = PATIENT,
    ) -> None:
        self.threads = share.threads
        self._limits = share.limits
        self._suspicious = Suspicion(memory=share.here)
        self._budget = Budget(share.budget)
        self._apart = Apart(self._limits)
        self._notes = notes
        self._again = frozenset(again)
        self._forbearance = forbearance

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._apart.close()

    @contextmanager
    def room(self, size: int) -> Iterator[bool]:
        """For the length of the block, memory for a file of `size` bytes and its picture if it is a
        large one; gives whether it is."""
        if size < LARGE_FILE:
            yield False
            return
        with self._budget.hold(self._limits.memory):
            yield True

    def load(self, path: Path) -> bytes:
        """As `photos.read.load`."""
        return load(path, self._limits)

    def blamed(self, digest: str, path: str) -> bool:
        """Whether the photo was in work when the last run ended: it is read alone, behind the rest.

        Raises PhotoError with the reason for one that is not read any more.
        """
        if self._notes is None or (blame := self._notes.blame(digest)) is None:
            return False
        reason = self._forbearance.reason(blame)
        if reason and path not in self._again:
            raise PhotoError(reason)
        return True

    def noted(self, digest: str) -> AbstractContextManager[None]:
        """The photo is in work for the length of the block."""
        return nullcontext() if self._notes is None else self._notes.on(digest)

    def clear(self, digest: str) -> None:
        """Nothing is held against the photo any more."""
        if self._notes is not None:
            self._notes.clear(digest)

    def decode(
        self, data: bytes, long_side: int, *, held: bool = False, apart: bool = False
    ) -> Picture:
        """As `photos.read.decode`. held: `room` has its memory. apart: whatever it looks like."""
        opened = open_photo(data, long_side, self._limits)
        with nullcontext() if held else self._budget.hold(opened.memory):
            here = not apart and not self._suspicious(opened)
            if here:
                try:
                    return decode_opened(opened)
                except MemoryPhotoError:  # another process may have as much again
                    pass
            try:
                return self._apart.decode(data, long_side, opened.pixels)
            except StartError as error:
                if here or apart:
                    reason = "no other process could be started to read it"
                    raise MemoryPhotoError(reason) from error
            return decode_opened(opened)  # on systems that let nobody start another process


@contextmanager
def guarded(out: Path | None, share: Share, again: Collection[str] = ()) -> Iterator[Guard]:
    """A guard with notes in the output folder `out`, None to keep none. again: as of `Guard`."""
    if out is None:
        with Guard(share) as guard:
            yield guard
        return
    with InWork(out, share.threads) as notes, Guard(share, notes, again) as guard:
        yield guard
