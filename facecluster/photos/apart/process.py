"""Decoding in a process of its own: what a picture does to its decoder ends there.

Ordinary photos never come here. A process is started when the first suspicious one comes, and kept
for the next ones; several threads have one each.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader, BufferedWriter
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Final

import facecluster
from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.photos.apart.wire import Request, receive_picture, send_request
from facecluster.photos.read import LIMITS, ReadLimits
from facecluster.records import Picture

_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from facecluster.photos.apart.child import main; main()"
)
_PIPE: Final = 1 << 20  # bytes that the system is asked to keep between the two
_NOT_STARTED: Final = 1  # Python's exit code for an error that nobody caught, such as an import
_DYING: Final = 1.0  # seconds that a process may take to end after its pipe was closed
_CALM: Final = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a picture may be decoded apart.

    seconds: of processor time, and so many more for each million of pixels that are decoded: the
    slowest photos take half of that (benchmarks/limits). clock: times as many seconds in all, on a
    machine that has other work.
    """

    seconds: float = 10.0
    per_megapixel: float = 0.06
    clock: float = 3.0


class StartError(Exception):
    """No other process can be started here."""


class Apart:
    """Processes that decode; safe to call from several threads. `close` ends them all."""

    def __init__(self, limits: ReadLimits = LIMITS, patience: Patience = Patience()) -> None:
        self._limits = limits
        self._patience = patience
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self._closed = False

    def decode(self, data: bytes, long_side: int, pixels: int) -> Picture:
        """As `photos.read.decode`, by a process of its own. pixels: as many as are decoded.

        Raises PhotoError as it does, also where the process died or was too slow, MemoryPhotoError
        where it was memory or time that did not do, and StartError where there can be no process.
        """
        patience = self._patience
        seconds = patience.seconds + patience.per_megapixel * pixels / 1e6
        request = Request(data, long_side, self._limits.pixels, self._limits.memory, seconds)
        child = self._take()
        try:
            picture = child.ask(request, patience.clock * seconds)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise self._why(child, seconds) or StartError() from error
        except RuntimeError as error:  # no room for the thread that watches the clock
            raise MemoryPhotoError("not enough memory to read it") from error
        finally:
            if child.busy:  # it died, was stopped, or said what makes no sense
                self._end(child)
            else:
                self._give_back(child)
        return picture

    def close(self) -> None:
        """End all processes; whoever waits for one gets a PhotoError."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for child in self._all.difference(idle):
                child.kill()
                child.last_words()  # whoever asked it does the rest
        for child in idle:
            self._end(child)

    def _take(self) -> _Child:
        with self._lock:
            if self._closed:
                raise StartError("closed")
            while self._idle:
                child = self._idle.pop()
                if child.alive():
                    return child
                self._all.discard(child)
                child.end()
            child = _Child()
            self._all.add(child)
            return child

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(child)
                return
        self._end(child)

    def _end(self, child: _Child) -> None:
        with self._lock:
            self._all.discard(child)
        child.end()

    def _why(self, child: _Child, seconds: float) -> PhotoError | None:
        """None for a process that could not get to work."""
        code = child.last_words()
        if child.late or code == -getattr(signal, "SIGXCPU", 0):
            return MemoryPhotoError(f"reading it took more than {seconds:.2g} s")
        if self._closed:
            return MemoryPhotoError("reading it was interrupted")
        if code == _NOT_STARTED:
            return None
        if code == -getattr(signal, "SIGKILL", 0):
            return MemoryPhotoError("reading it took more memory than there is")
        return PhotoError("damaged, or made to do harm: its decoder crashed")


class _Child:
    """One process. late: it was stopped by the clock. busy: it has not answered."""

    def __init__(self) -> None:
        ours = str(Path(facecluster.__file__).parents[1])
        path = json.dumps([os.path.abspath(place) for place in (*filter(None, sys.path), ours)])
        try:
            self._process = Popen(
                [sys.executable, "-I", "-c", _START, path],
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={**os.environ, **_CALM},
                start_new_session=True,
                pipesize=_PIPE,
            )
        except (OSError, ValueError, MemoryError) as error:
            raise StartError(str(error)) from error
        self.late = self.busy = False

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Request, seconds: float) -> Picture:
        """Raises what `receive_picture` raises, OSError where the process is gone."""
        requests, replies = self._process.stdin, self._process.stdout
        assert isinstance(requests, BufferedWriter)
        assert isinstance(replies, BufferedReader)
        self.busy = True
        clock = threading.Timer(seconds, self._too_late)
        clock.daemon = True
        try:
            clock.start()
            send_request(requests, request)
            picture = receive_picture(replies, request.long_side)
        except PhotoError:
            self.busy = self.late
            raise
        finally:
            clock.cancel()
        self.busy = self.late
        return picture

    def _too_late(self) -> None:
        self.late = True
        self.kill()

    def last_words(self) -> int | None:
        """How it ended, the negative number of a signal; None where it goes on."""
        with suppress(TimeoutExpired):
            return self._process.wait(_DYING)
        return None

    def kill(self) -> None:
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """Stop it and close its pipes, from which nobody reads any more."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not sent cannot be
                if pipe is not None:
                    pipe.close()
