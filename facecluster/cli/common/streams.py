"""Standard output and error, whatever is behind them: a full disk, a pipe that closed, nothing."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from facecluster.errors import FaceclusterError


class _Stdout(io.FileIO):
    """Says that results cannot be printed, and then lets go of what else there is to print, as
    Python tries again when it ends."""

    lost = False

    def write(self, data: Any, /) -> int:
        if self.lost:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            self.lost = True
            raise FaceclusterError(
                f"standard output cannot be written ({error.strerror or error}); make room there, "
                "or print to another place"
            ) from error


def prepare_streams() -> None:
    """Make standard output and error fit to be written to, for this process."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed, and the next file would get its number
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    out, kept = sys.stdout, sys.__stdout__
    if not isinstance(out, io.TextIOWrapper) or out is not kept:
        return
    if type(getattr(out.buffer, "raw", out.buffer)) is io.FileIO:  # not the console of Windows
        file = _Stdout(out.fileno(), "wb", closefd=False)
        out = io.TextIOWrapper(
            io.BufferedWriter(file),
            encoding=out.encoding,
            line_buffering=out.line_buffering,
            write_through=out.write_through,
        )
    # A name that an old terminal's character set lacks must not end the run.
    out.reconfigure(errors="replace")
    sys.stdout = out


def forget(stream: Any) -> None:
    """Let what was printed and nobody reads any more go nowhere, so that Python ends in peace."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
