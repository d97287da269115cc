"""What goes through the pipes between us and the process that decodes apart: sizes, then bytes.

A request is a fixed head and the file. A reply is the length of a JSON head, that head, and the
pixels. The process may have been taken over by the picture that it read, so replies are checked.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, BinaryIO, Final

import numpy as np

from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.records import Picture

_REQUEST: Final = struct.Struct("<QQQQd")
_LENGTH: Final = struct.Struct("<I")
_MOST_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """data: of the file. long_side: px to decode at least. pixels, memory: as in ReadLimits.
    seconds: of processor time."""

    data: bytes
    long_side: int
    pixels: int
    memory: int
    seconds: float


def send_request(pipe: BinaryIO, request: Request) -> None:
    """Raises OSError where nobody reads any more."""
    about = (len(request.data), request.long_side, request.pixels, request.memory, request.seconds)
    pipe.write(_REQUEST.pack(*about))
    pipe.write(request.data)
    pipe.flush()


def receive_request(pipe: BinaryIO) -> Request | None:
    """None at the end of the pipe."""
    head = pipe.read(_REQUEST.size)
    if len(head) < _REQUEST.size:
        return None
    size, long_side, pixels, memory, seconds = _REQUEST.unpack(head)
    data = pipe.read(size)
    return Request(data, long_side, pixels, memory, seconds) if len(data) == size else None


def send_picture(pipe: BinaryIO, picture: Picture) -> None:
    """Raises OSError where nobody reads any more."""
    height, width = picture.pixels.shape[:2]
    about = {"width": picture.width, "height": picture.height, "taken": picture.taken}
    _send(pipe, {**about, "orientation": picture.orientation, "shape": [height, width]})
    pipe.write(np.ascontiguousarray(picture.pixels).data)
    pipe.flush()


def send_problem(pipe: BinaryIO, problem: PhotoError) -> None:
    """Raises OSError where nobody reads any more."""
    _send(pipe, {"problem": str(problem), "memory": isinstance(problem, MemoryPhotoError)})
    pipe.flush()


def _send(pipe: BinaryIO, head: dict[str, Any]) -> None:
    text = json.dumps(head).encode("ascii")
    pipe.write(_LENGTH.pack(len(text)) + text)


def receive_picture(pipe: BufferedReader, long_side: int) -> Picture:
    """Raises EOFError where the pipe ends before, ValueError for what cannot be a reply, and the
    PhotoError that was sent."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    if length > _MOST_HEAD:
        raise ValueError("too long a head")
    head = json.loads(_exactly(pipe, length))
    if "problem" in head:
        text = " ".join(str(head["problem"]).split())[:200]
        raise MemoryPhotoError(text) if head.get("memory") else PhotoError(text)
    height, width = (int(side) for side in head["shape"])
    if not 0 < max(height, width) < 16 * long_side or min(height, width) < 1:
        raise ValueError("an impossible size")
    pixels = np.empty((height, width, 3), np.uint8)
    if pipe.readinto(pixels.data.cast("B")) < pixels.size:
        raise EOFError
    pixels.setflags(write=False)
    taken = None if head["taken"] is None else str(head["taken"])[:19]
    full, turn = (int(head["width"]), int(head["height"])), int(head["orientation"])
    return Picture(pixels, *full, turn, taken)


def _exactly(pipe: BinaryIO, count: int) -> bytes:
    data = pipe.read(count)
    if len(data) < count:
        raise EOFError
    return data
