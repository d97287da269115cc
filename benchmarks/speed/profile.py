"""Where the CPU time of one `facecluster group` goes, on one thread.

    python -m benchmarks.speed.profile FOLDER

Runs the command in this process and prints seconds by stage as JSON; `python -m benchmarks.speed
--profile` makes the table of it. The product is left as it is: the interpreter tells which of its
functions begin and end (benchmarks/speed/stopwatch.py). A stage counts the time of its own thread,
without that of the stages inside it; packages that a stage imports when it needs them count into
it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.speed.stopwatch import Stage, Stopwatch

START, IMPORT, REST = "start Python", "import", "the rest"
OPEN = "open models"
ONCE = (START, IMPORT, OPEN)  # as long for any number of photos


def look(given: Mapping[str, Any]) -> str:
    """The name of one look of the detector: how long the photo's long side is in it."""
    return f"detect at {round(given['scale'] * max(given['pixels'].shape[:2]))} px"


INDEX = (
    *("__enter__", "unread", "forget_missing", "digests", "add", "load"),
    *("grouping", "keep_grouping", "save_run"),
)
# Modules, colons and the functions that they define; the one place to change when one is called
# otherwise or moves.
STAGES = (
    Stage("scan", "facecluster.photos.scan:scan"),
    Stage(OPEN, "facecluster.reading:Reader.__init__"),
    Stage(OPEN, "facecluster.runtime:session"),
    Stage("load", "facecluster.photos.read:load"),
    Stage("digest", "facecluster.photos.read:digest"),
    Stage("decode", "facecluster.guard.guard:Guard.decode"),
    Stage("detect, merging", "facecluster.faces.find:Finder.detect"),
    Stage(look, "facecluster.faces.detect:Detector.look"),
    Stage("refine", "facecluster.faces.refine:refine"),
    Stage("align", "facecluster.faces.align:align"),
    Stage("align", "facecluster.faces.align:inside"),
    Stage("embed", "facecluster.embed.embedder:Embedder.embed"),
    Stage("clarity", "facecluster.faces.quality:clarity"),
    Stage("thumbnails", "facecluster.faces.thumbnail:thumbnails"),
    Stage("thumbnails, writing", "facecluster.output.thumbnails:keep_thumbnails"),
    *(Stage("index", f"facecluster.library.index:Index.{name}") for name in INDEX),
    Stage("cluster", "facecluster.who.find:who_is_who"),
    Stage("write", "facecluster.output.write:write_all"),
)


def profile(folder: Path) -> dict[str, Any]:
    """A child's findings: `seconds` and `calls` by stage, photos, faces. Raises
    CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks.speed.profile", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run(folder: Path, out: Path) -> dict[str, Any]:
    """The command in this process, on one thread."""
    watch = Stopwatch()
    start = time.process_time()
    watch.add(START, start)
    # What the command imports before it does anything; the rest is imported in the stages.
    command = import_module("facecluster.cli.main")
    for module in ("facecluster.cli.group", "facecluster.cli.common.console", "facecluster.group"):
        import_module(module)
    watch.add(IMPORT, time.process_time() - start)
    options = ["--out", str(out), "--threads", "1", "--quiet"]
    sys.argv = ["facecluster", "group", str(folder), *options]
    with watch.over(STAGES):
        try:
            command.main()
        except SystemExit as end:
            if end.code not in (0, 3, None):
                raise
    watch.add(REST, time.process_time() - sum(watch.seconds.values()))
    summary = json.loads((out / "report.json").read_text("utf-8"))["summary"]
    return {
        "seconds": watch.seconds,
        "calls": watch.calls,
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
