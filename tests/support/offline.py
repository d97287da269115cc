"""A program under strace: which sockets it opens, and what it writes outside its own folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

CALLS = "socket,connect,bind,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,"
CALLS += "unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,mknod,mknodat,chmod,fchmodat"
# What is not a file: the sink, terminals, the kernel's own tables, and semaphores, which live in
# memory and have no content (joblib tries whether there are any).
HARMLESS = ("/dev/null", "/dev/tty", "/dev/pts/", "/proc/self/", "/dev/shm/sem.")
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$")
_PATHS = re.compile(r'"((?:[^"\\]|\\.)*)"')

# Runs a piece of Python, then stays alive: what a library does in the background takes its time.
HOLDER = """
import sys, time
until = time.monotonic() + float(sys.argv.pop(1))
code = sys.argv.pop(1)
try:
    exec(code)
except SystemExit as end:
    status = end.code
else:
    status = 0
time.sleep(max(0.0, until - time.monotonic()))
sys.exit(status)
"""
COMMAND = "from facecluster.cli.main import main; main()"


@dataclass(slots=True)
class Traced:
    """A program that runs under strace."""

    process: subprocess.Popen[str]
    log: Path
    folder: Path

    def finish(self) -> int:
        """Wait for its end; its exit code. What it said goes into the message of a failed test."""
        said, _ = self.process.communicate(timeout=300)
        print(textwrap.indent(said, "| "))
        return self.process.returncode

    def sockets(self) -> list[str]:
        """Every call that opens or uses a socket."""
        return [line for name, line in self._calls() if name in ("socket", "connect", "bind")]

    def written_elsewhere(self) -> list[str]:
        """Every call that succeeded in writing outside the folder."""
        return [
            line
            for name, line in self._calls()
            if not re.search(r"= -1 E[A-Z]+", line)
            and (name not in ("open", "openat") or _WRITING.search(line))
            and not all(map(self._ours, _PATHS.findall(line)))
        ]

    def _calls(self) -> list[tuple[str, str]]:
        found = []
        for line in self.log.read_text("utf-8", "replace").splitlines():
            call = _CALL.match(line)
            if call is not None:
                found.append((call[1], line))
        return found

    def _ours(self, path: str) -> bool:
        whole = os.path.normpath(self.folder / path)
        return whole.startswith((str(self.folder), *HARMLESS))


def traced(code: str, *arguments: str, folder: Path, log: Path, seconds: float = 0.0) -> Traced:
    """Start `code` as a Python program with these arguments in `folder`, for `seconds` at least.

    Its home is a new folder beside `log`, where nothing belongs; its temporary files have a place
    inside `folder`.
    """
    home = log.with_suffix(".home")
    home.mkdir()
    (folder / "temporary").mkdir()
    # Only what a program needs to start: some libraries keep still where they see a CI at work.
    kept = ("PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {
        "HOME": str(home),
        # Whoever has no name in the environment is looked up by the C library, which asks a
        # service of this machine first.
        "LOGNAME": "somebody",
        "TMPDIR": str(folder / "temporary"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    program = [sys.executable, "-c", HOLDER, str(seconds), code, *arguments]
    process = subprocess.Popen(
        ["strace", "-f", "-qq", "-s", "4096", "-o", str(log), "-e", f"trace={CALLS}", *program],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return Traced(process, log, folder)
