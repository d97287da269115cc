"""The process that decodes apart: one picture after the other from a pipe, each within limits.

It is started by `process.py` and ends with the pipe that it reads from. Whatever a picture does to
a decoder, it does it here.
"""

from __future__ import annotations

import math
import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO, Final

from facecluster.base.machine import cores
from facecluster.base.memory import addresses_used, is_lack
from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.photos.apart.wire import (
    Request,
    receive_request,
    send_picture,
    send_problem,
)
from facecluster.photos.read import ReadLimits, decode
from facecluster.records import Picture

# Of addresses beside the pixels: the modules of rare formats, what the allocator keeps, and the
# stacks of a decoder's threads.
_SLACK: Final = 96 << 20
_STACK: Final = 9 << 20
_LACK: Final = "reading it took more memory than it may"


def main() -> None:
    """Serve until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides when it is enough
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # decoders may write whatever they like
        os.dup2(nothing, stream)
    base = addresses_used()
    with suppress(OSError):
        while (request := _next(requests, replies)) is not None:
            _serve(request, replies, base)


def _next(requests: BinaryIO, replies: BinaryIO) -> Request | None:
    try:
        return receive_request(requests)
    except MemoryError:
        send_problem(replies, MemoryPhotoError(_LACK))
        return None


def _serve(request: Request, replies: BinaryIO, base: int) -> None:
    limit(request, base)
    try:
        picture = _decode(request)
    except PhotoError as error:
        send_problem(replies, error)
    else:
        send_picture(replies, picture)


def _decode(request: Request) -> Picture:
    try:
        limits = ReadLimits(pixels=request.pixels, memory=request.memory)
        return decode(request.data, request.long_side, limits)
    except MemoryError as error:
        raise MemoryPhotoError(_LACK) from error
    except RuntimeError as error:  # no room for a thread
        if not is_lack(error):
            raise
        raise MemoryPhotoError(_LACK) from error


def limit(request: Request, base: int) -> None:
    """Let this process have so much more addresses and processor time, where the system can.

    base: bytes of addresses that it had before the first picture.
    """
    try:
        import resource
    except ImportError:  # Windows: whoever waits for us watches the clock
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime + request.seconds)
    _soft(resource.RLIMIT_CPU, seconds)
    _soft(resource.RLIMIT_CORE, 0)
    if base:
        _soft(resource.RLIMIT_AS, base + request.memory + _SLACK + _STACK * cores())


def _soft(which: int, value: int) -> None:
    import resource

    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(which)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, hard))


if __name__ == "__main__":
    main()
    sys.exit(0)
