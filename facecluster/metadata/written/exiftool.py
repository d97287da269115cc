"""exiftool as a program that stays open: it puts XMP packets into photos."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROGRAM: Final = "exiftool"
_READY: Final = b"{ready}"


@dataclass(frozen=True, slots=True)
class Patience:
    """seconds: after which a photo is given up; the largest photos take a few on a slow share.
    tail: letters of what it said that a sentence shows."""

    seconds: float = 120.0
    tail: int = 200


PATIENCE: Final = Patience()


def found() -> str | None:
    """The program, None where it is not installed."""
    return shutil.which(PROGRAM)


class ExiftoolError(Exception):
    """`str(error)` is what exiftool said."""


@dataclass(slots=True)
class Exiftool:
    """One process for many photos, started by the first. folder: where it works, for packets."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def put(self, photo: Path, packet: Path | None) -> None:
        """Have `packet`, a file in `folder`, as the XMP of `photo`; None for none.

        The time of the photo stays. Raises ExiftoolError, and OSError where it cannot be started.
        """
        path = os.path.abspath(photo)
        if "\n" in path or "\r" in path:  # arguments are lines
            raise ExiftoolError("its name has more than one line")
        source = "-xmp=" if packet is None else f"-xmp<={packet.name}"
        said = self._asked(["-charset", "filename=utf8", "-overwrite_original", "-P", source, path])
        if "1 image files updated" not in said:
            raise ExiftoolError(" ".join(said.split())[: PATIENCE.tail] or "exiftool said nothing")

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(b"-stay_open\nFalse\n")
            process.stdin.close()
            process.wait(PATIENCE.seconds)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        finally:
            if process.stdout is not None:
                process.stdout.close()

    def _asked(self, arguments: list[str]) -> str:
        """What it answers."""
        process = self._process or self._started()
        if process.stdin is None or process.stdout is None:
            raise ExiftoolError("exiftool cannot be talked to")
        timer = threading.Timer(PATIENCE.seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(os.fsencode("\n".join([*arguments, "-execute", ""])))
            process.stdin.flush()
            lines: list[bytes] = []
            for line in process.stdout:
                if line.strip() == _READY:
                    return b"".join(lines).decode(errors="replace")
                lines.append(line)
        except OSError:
            pass
        finally:
            timer.cancel()
        self.close()
        raise ExiftoolError("exiftool ended before it was done")

    def _started(self) -> subprocess.Popen[bytes]:
        program = found()
        if program is None:
            raise ExiftoolError("exiftool is not installed")
        self._process = subprocess.Popen(
            [program, "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
        )
        return self._process
