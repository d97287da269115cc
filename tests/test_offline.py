"""The first promise: no socket is opened, and nothing is written outside the output folder.

Told by the kernel, of whole processes that live for half a minute: libraries report from threads
of their own, when they have run for a while.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from facecluster.metadata.written.packet import new_packet
from facecluster.metadata.written.records import NamedBox
from tests.support.made_videos import make_video
from tests.support.offline import COMMAND, Traced, traced

HELD = 30.0  # seconds: ONNX Runtime's first report comes after 10 to 20
SESSION = """
from facecluster.config import ReadConfig
from facecluster.reading import Reader
Reader(ReadConfig())
"""
COMMANDS = {
    "group": ("group", "party", "--out", "people", "--read-names", "--videos"),
    "train": ("train", "digits", "--backbone", "tiny", "--epochs", "1", "--runs", "runs"),
    "compare": ("compare", "party/eileen.jpg", "party/grace.jpg", "--picture", "both.png"),
    "identify": ("identify", "party", "--known", "known"),
    "evaluate": ("evaluate", "--pairs", "pairs.txt", "--images", "known"),
    "evaluate grouping": ("evaluate", "grouping", "known"),
}
# In the format of LFW: two folds of a same and a different pair.
PAIRS = "2\t1\n" + 2 * (
    "eileen\teileen.jpg\teileen at night.jpg\neileen\teileen.jpg\tgrace\tgrace.jpg\n"
)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or (shutil.which("strace") is None and "CI" not in os.environ),
    reason="needs Linux and the program strace",
)


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, party_photos: dict[str, bytes]
) -> Iterator[dict[str, Traced]]:
    """A held session and every command, all at once."""
    base = tmp_path_factory.mktemp("offline")
    started: dict[str, Traced] = {}
    for name in ("session", *COMMANDS):
        folder = base / name
        _photos(folder, party_photos)
        code, arguments = (SESSION, ()) if name == "session" else (COMMAND, COMMANDS[name])
        log = base / f"{name}.log"
        started[name] = traced(code, *arguments, folder=folder, log=log, seconds=HELD)
    yield started
    for run in started.values():
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


def _photos(folder: Path, photos: dict[str, bytes]) -> None:
    (folder / "party").mkdir(parents=True)
    for name, data in photos.items():
        (folder / "party" / name).write_bytes(data)
        owner = folder / "known" / name.split(".")[0].split(" ")[0]
        owner.mkdir(parents=True, exist_ok=True)
        (owner / name).write_bytes(data)
    (folder / "pairs.txt").write_text(PAIRS)
    face = NamedBox("Grace Hopper", (0.3, 0.2, 0.3, 0.4))
    packet = new_packet([face], (400, 500))
    assert packet is not None
    (folder / "party" / "grace.jpg.xmp").write_bytes(packet)
    make_video(folder / "party" / "sea.mkv", [((20, 80, 160), 20)])


@pytest.mark.parametrize("name", ["session", *COMMANDS])
def test_a_run_stays_at_home(runs: dict[str, Traced], name: str) -> None:
    run = runs[name]
    assert run.finish() == 0
    assert run.sockets() == []
    assert run.written_elsewhere() == []


def test_the_trace_would_notice(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    code = (
        "import socket, pathlib; socket.socket().close();"
        "pathlib.Path('mine').write_text('x'); pathlib.Path('../yours').write_text('x')"
    )
    run = traced(code, folder=tmp_path / "own", log=tmp_path / "log")
    assert run.finish() == 0
    assert len(run.sockets()) == 1
    [line] = run.written_elsewhere()
    assert "../yours" in line


def test_the_switch_is_set_whatever_is_imported_first() -> None:
    code = "import os, facecluster.runtime; assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'"
    environment = os.environ | {"ORT_DISABLE_TELEMETRY": "0"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
