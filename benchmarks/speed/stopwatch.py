"""CPU time of named functions, told by the interpreter while it runs them; nothing is replaced.

The interpreter calls back at the start of every function in Python (sys.settrace), which costs
about a microsecond. So what numerical libraries and decoders do is timed to one or two per cent,
but what is made of many small functions (imports, filling in templates) seems up to 1.7 times as
long as it takes by itself.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

Name = str | Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Stage:
    """name: several targets may share one; or what makes it of the arguments of a call, by name.
    target: module, colon, and the function or method that it defines, in Python."""

    name: Name
    target: str

    @property
    def code(self) -> CodeType:
        """What the interpreter runs for it; ends the program if it is not there any more."""
        module, _, path = self.target.partition(":")
        found: Any = import_module(module)
        for part in path.split("."):
            found = getattr(found, part, None)
        code = getattr(found, "__code__", None)
        if not isinstance(code, CodeType):
            sys.exit(
                f"{self.target}: not there any more; mend STAGES in benchmarks/speed/profile.py"
            )
        return code


@dataclass(slots=True)
class Running:
    """A stage that has begun. start: its thread's CPU seconds then. inside: seconds of the stages
    that have ended inside it."""

    name: str
    start: float
    inside: float = 0.0


@dataclass(slots=True)
class Stopwatch:
    """CPU seconds and calls by stage. A stage does not count the stages inside it."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: threading.local = field(default_factory=threading.local)

    @contextmanager
    def over(self, stages: Iterable[Stage]) -> Iterator[None]:
        """Watch these in this thread, and in all threads that begin meanwhile."""
        # By id, since the hash of a code object goes through all of it.
        names = {id(stage.code): stage.name for stage in stages}

        def begun(frame: FrameType, event: str, value: object) -> Any:
            if (name := names.get(id(frame.f_code))) is None:
                return None
            return self._begin(frame, name)

        threading.settrace(begun)
        sys.settrace(begun)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def add(self, name: str, seconds: float) -> None:
        """Count a call of so many seconds."""
        with self._lock:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
            self.calls[name] = self.calls.get(name, 0) + 1

    def _begin(self, frame: FrameType, name: Name) -> Any:
        """Start a stage; gives what the interpreter is to call at its end."""
        frame.f_trace_lines = False  # only the end is asked for
        told = name if isinstance(name, str) else name(frame.f_locals)
        self._running.append(Running(told, time.thread_time()))
        return self._within

    def _within(self, frame: FrameType, event: str, value: object) -> Any:
        if event == "return":  # also where an exception ends it
            ended = self._running.pop()
            whole = time.thread_time() - ended.start
            self.add(ended.name, whole - ended.inside)
            if self._running:
                self._running[-1].inside += whole
        return self._within

    @property
    def _running(self) -> list[Running]:
        """The stages of this thread, the innermost last."""
        if not hasattr(self._threads, "running"):
            self._threads.running = []
        running: list[Running] = self._threads.running
        return running
