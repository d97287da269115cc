"""Where the CPU time of one `facecluster group` goes, on one thread.

    python -m benchmarks.speed.profile FOLDER

Runs the command in this process with the product's functions wrapped by name, and prints seconds
by stage as JSON; `python -m benchmarks.speed --profile` makes the table of it. A stage counts the
time of its own thread, without that of the stages inside it; packages that a stage imports when it
needs them count into it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

START, IMPORT, REST = "start Python", "import", "the rest"
OPEN = "open models"
ONCE = (START, IMPORT, OPEN)  # as long for any number of photos


def look(detector: object, pixels: Any, scale: float, *_: object, **__: object) -> str:
    """The name of one look of the detector: how long the photo's long side is in it."""
    return f"detect at {round(scale * max(pixels.shape[:2]))} px"


@dataclass(frozen=True, slots=True)
class Stage:
    """name: several targets may share one; or what makes it of the arguments of a call. target:
    module, colon, and the name as that module's code looks it up."""

    name: str | Callable[..., str]
    target: str


INDEX = (
    *("__enter__", "unread", "forget_missing", "digests", "add", "load"),
    *("grouping", "keep_grouping", "save_run"),
)
# The one place to change when a function of the product is called otherwise.
STAGES = (
    Stage("scan", "facecluster.group:scan"),
    Stage(OPEN, "facecluster.reading:Reader.__init__"),
    Stage("load", "facecluster.reading:load"),
    Stage("digest", "facecluster.reading:digest"),
    Stage("decode", "facecluster.reading:decode"),
    Stage("detect, merging", "facecluster.faces.detect:Detector.detect"),
    Stage(look, "facecluster.faces.detect:Detector._look"),
    Stage("refine", "facecluster.reading:refine"),
    Stage("align", "facecluster.reading:align"),
    Stage("align", "facecluster.reading:inside"),
    Stage("embed", "facecluster.embed.embedder:Embedder.embed"),
    Stage("clarity", "facecluster.reading:clarity"),
    Stage("thumbnails", "facecluster.reading:thumbnails"),
    Stage("thumbnails, writing", "facecluster.group:keep_thumbnails"),
    *(Stage("index", f"facecluster.library.index:Index.{name}") for name in INDEX),
    Stage("cluster", "facecluster.group:_cluster"),
    Stage("write", "facecluster.group:write_all"),
)


@dataclass(slots=True)
class Times:
    """CPU seconds and calls by stage, and how much of the running stages others took, a thread."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    inner: threading.local = field(default_factory=threading.local)

    def wrapped(self, stage: Stage, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, its own time added to the stage."""

        @wraps(call)
        def timed(*args: Any, **kwargs: Any) -> Any:
            outer, self.inner.taken = getattr(self.inner, "taken", 0.0), 0.0
            start = time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                whole = time.thread_time() - start
                named = stage.name if isinstance(stage.name, str) else stage.name(*args, **kwargs)
                self.add(named, whole - self.inner.taken)
                self.inner.taken = outer + whole

        return timed

    def add(self, name: str, seconds: float) -> None:
        with self.lock:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
            self.calls[name] = self.calls.get(name, 0) + 1

    def install(self, stage: Stage) -> None:
        """Put the wrapped function into the place of the product's; ends the program if it is not
        there any more."""
        module, _, path = stage.target.partition(":")
        owner: Any = import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part, None)
        if not callable(getattr(owner, name, None)):
            sys.exit(f"{stage.target}: not there any more; mend STAGES in {__file__}")
        setattr(owner, name, self.wrapped(stage, getattr(owner, name)))


def profile(folder: Path) -> dict[str, Any]:
    """A child's findings: `seconds` and `calls` by stage, photos, faces. Raises
    CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks.speed.profile", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run(folder: Path, out: Path) -> dict[str, Any]:
    """The command in this process, on one thread."""
    times = Times()
    start = time.process_time()
    times.add(START, start)
    # What the command imports before it does anything; the rest is imported in the stages.
    command = import_module("facecluster.cli.main")
    for module in ("facecluster.cli.group", "facecluster.cli.common.console", "facecluster.group"):
        import_module(module)
    times.add(IMPORT, time.process_time() - start)
    for stage in STAGES:
        times.install(stage)
    options = ["--out", str(out), "--threads", "1", "--quiet"]
    sys.argv = ["facecluster", "group", str(folder), *options]
    try:
        command.main()
    except SystemExit as end:
        if end.code not in (0, 3, None):
            raise
    times.add(REST, time.process_time() - sum(times.seconds.values()))
    summary = json.loads((out / "report.json").read_text("utf-8"))["summary"]
    return {
        "seconds": times.seconds,
        "calls": times.calls,
        "photos": summary["photos"],
        "faces": summary["faces"],
    }


def main() -> int:
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as out:
        print(json.dumps(run(folder, Path(out))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
