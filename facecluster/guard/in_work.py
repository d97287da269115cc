"""The photos in work, noted so that the next run knows which of them may have ended this one.

`.facecluster/in-work` holds the digest of the photo that each thread is at, and is there only while
photos are read. A run that finds it follows one that was killed, or fell to a fault in a decoder:
it reads those photos last, one by one, in a process of their own. A photo that was in work when
several runs in a row ended is left out; how often that was is kept in `.facecluster/left-out`.
"""

from __future__ import annotations

import faulthandler
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

IN_WORK: Final = ".facecluster/in-work"
LEFT_OUT: Final = ".facecluster/left-out"
_SLOT: Final = 33  # a digest and a line break
_EMPTY: Final = b" " * (_SLOT - 1) + b"\n"
_MOST: Final = 1 << 20  # bytes that such a file may have
_DIGEST: Final = re.compile(rb"[0-9a-f]{32}")
_LINE: Final = re.compile(r"([0-9a-f]{32}) (\d{1,6}) (\d{1,6})")


@dataclass(frozen=True, slots=True)
class Blame:
    """How many runs in a row ended with a photo in work: by a crash, and by anything else."""

    crashes: int = 0
    kills: int = 0

    def __add__(self, other: Blame) -> Blame:
        return Blame(self.crashes + other.crashes, self.kills + other.kills)


@dataclass(frozen=True, slots=True)
class Forbearance:
    """From how many ended runs on a photo is left out.

    A crash of ours leaves its trace, and at the second time the photo was in work alone. Who kills
    a run, or a power cut, blames whatever is in work: that has to happen more often.
    """

    crashes: int = 2
    kills: int = 6

    def reason(self, blame: Blame) -> str:
        """Why a photo is left out; empty for one that is not."""
        runs = max(blame.crashes, blame.kills)
        if blame.crashes < self.crashes and blame.kills < self.kills:
            return ""
        return f"it ended the last {runs} runs; left out until it is reread"


class InWork:
    """The notes of one run below the output folder `out`; use it as a context manager.

    Leaving it, by an error too, takes the notes away: then nothing ended this run unawares. Where
    they cannot be written, the run goes on without.
    """

    def __init__(self, out: Path, threads: int) -> None:
        self._path = out / IN_WORK
        self._kept = out / LEFT_OUT
        self._threads = threads
        self._file = -1
        self._slots = list(range(threads - 1, -1, -1))
        self._lock = threading.Lock()
        self._watched = False
        self._met: set[str] = set()
        self.blamed: dict[str, Blame] = {}

    def __enter__(self) -> Self:
        self.blamed = dict(_blamed(self._path, self._kept))
        self._keep()
        with suppress(OSError):
            self._file = _new(self._path)
            os.write(self._file, _EMPTY * self._threads)
            # Behind the slots: whoever writes there tells the next run that it was a crash.
            if not faulthandler.is_enabled():
                faulthandler.enable(self._file, all_threads=False)
                self._watched = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._watched:
            faulthandler.disable()
        file, self._file = self._file, -1
        with suppress(OSError):
            if file >= 0:
                os.close(file)
            self._path.unlink()
        if kind is None:  # all photos were looked at; those of other names are gone, or read before
            self.blamed = {name: self.blamed[name] for name in self._met & self.blamed.keys()}
        self._keep()

    def blame(self, digest: str) -> Blame | None:
        """What is held against the photo, None for nothing."""
        if not self.blamed or digest not in self.blamed:
            return None
        self._met.add(digest)
        return self.blamed[digest]

    def clear(self, digest: str) -> None:
        """The photo was read to its end, whatever came of it."""
        self.blamed.pop(digest, None)

    @contextmanager
    def on(self, digest: str) -> Iterator[None]:
        """Note that the photo is in work, for the length of the block."""
        with self._lock:
            slot = self._slots.pop() if self._slots else None
        if slot is None or self._file < 0:
            yield
            return
        self._write(slot, digest.encode("ascii") + b"\n")
        try:
            yield
        finally:
            self._write(slot, _EMPTY)
            with self._lock:
                self._slots.append(slot)

    def _write(self, slot: int, text: bytes) -> None:
        with suppress(OSError):
            if sys.platform != "win32":
                os.pwrite(self._file, text, slot * _SLOT)
                return
            with self._lock:
                os.lseek(self._file, slot * _SLOT, os.SEEK_SET)
                os.write(self._file, text)
                os.lseek(self._file, 0, os.SEEK_END)  # where a crash is told

    def _keep(self) -> None:
        """What is known of photos by now, before one of them ends this run as well."""
        lines = [f"{name} {blame.crashes} {blame.kills}\n" for name, blame in self.blamed.items()]
        with suppress(OSError):
            if lines:
                with open(_new(self._kept), "w", encoding="ascii") as file:
                    file.writelines(lines)
            else:
                self._kept.unlink()


def _new(path: Path) -> int:
    """A handle of a file that is new: whatever was there, such as a link, is not written to."""
    with suppress(FileNotFoundError):
        path.unlink()
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o600)


def _blamed(path: Path, kept: Path) -> Iterator[tuple[str, Blame]]:
    """Each photo that was in work when the last run ended, or that is known from before."""
    before = {}
    for line in _text(kept).decode("ascii", "replace").splitlines():
        if match := _LINE.fullmatch(line):
            before[match[1]] = Blame(int(match[2]), int(match[3]))
    notes = _text(path)
    slots = notes.split(b"\n")
    crashed = any(slot.strip() and not _DIGEST.fullmatch(slot) for slot in slots)
    again = Blame(crashes=1) if crashed else Blame(kills=1)
    for slot in slots:
        if _DIGEST.fullmatch(slot):
            name = slot.decode("ascii")
            before[name] = before.get(name, Blame()) + again
    yield from before.items()


def _text(path: Path) -> bytes:
    with suppress(OSError):
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(path, flags), "rb") as file:
            return file.read(_MOST)
    return b""
