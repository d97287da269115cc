"""A video's frames, as few as show everybody who is in it: one in a while, and one of each scene.

PyAV brings FFmpeg's decoders; it is an extra, and only imported here, when a video is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from facecluster.errors import PhotoError
from facecluster.records import Pixels

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

ENDINGS: Final = frozenset(
    {".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg", ".mts", ".m2ts"}
    | {".m2t", ".3gp", ".3g2", ".flv", ".ogv", ".vob", ".asf", ".qt"}
)
MISSING: Final = "a video: `pip install 'facecluster[video]'` brings what reads it"
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames are looked at; set by hand.

    every: seconds between two frames of a scene. most: frames of a video, which come less often
    where it is longer. side: long side in px to which frames are reduced. cut: mean difference of
    grey values (0..255) of two frames, reduced to `look` px a side, from which they are two scenes.
    pixels: of a frame that is decoded at all.
    """

    every: float = 1.0
    most: int = 600
    side: int = 1280
    cut: float = 25.0
    look: int = 16
    pixels: int = 1 << 26


SAMPLING: Final = Sampling()


@dataclass(frozen=True, slots=True)
class Frame:
    """pixels: uint8 [h, w, 3] RGB, upright. seconds: from the start. scene: its number from 0."""

    pixels: Pixels
    seconds: float
    scene: int


@dataclass(frozen=True, slots=True)
class About:
    """What a video says of itself. seconds: of its length, 0 when unknown. taken: ISO 8601 without
    zone, None when unknown. dense: whether its key frames alone come often enough."""

    seconds: float
    taken: str | None
    dense: bool


def about(path: Path, sampling: Sampling = SAMPLING) -> About:
    """Read from the packets, none of which is decoded. Raises PhotoError for what is no video."""
    with _opened(path) as container:
        stream = _stream(container, sampling)
        base = float(stream.time_base or 0)
        keys, last = [0.0], 0.0
        try:
            for packet in container.demux(stream):
                if packet.pts is not None:
                    last = max(last, packet.pts * base)
                    if packet.is_keyframe:
                        keys.append(packet.pts * base)
        except _errors():  # its end is missing: what there is counts
            pass
        made = container.metadata.get("creation_time") or stream.metadata.get("creation_time")
        match = _TIME.match(made or "")
        taken = f"{match[1]}T{match[2]}" if match and not match[1].startswith("19") else None
        gaps = (after - before for before, after in pairwise([*sorted(keys), last]))
        return About(last, taken, max(gaps, default=0.0) <= 2 * _every(last, sampling))


def frames(path: Path, found: About, sampling: Sampling = SAMPLING) -> Iterator[Frame]:
    """The frames that are to be looked at, in order. What follows a broken place is left out.

    Raises PhotoError where not even one can be decoded.
    """
    every = _every(found.seconds, sampling)
    count, scene, due, before = 0, 0, 0.0, None
    with _opened(path) as container:
        stream = _stream(container, sampling)
        stream.thread_type = "AUTO"
        stream.codec_context.skip_frame = "NONKEY" if found.dense else "DEFAULT"
        try:
            for frame in container.decode(stream):
                seconds = float(frame.time or 0.0)
                small = frame.to_ndarray(format="gray", width=sampling.look, height=sampling.look)
                cut = before is not None and _differ(small, before) >= sampling.cut
                before = small
                scene += cut
                if (not cut and seconds < due) or count >= sampling.most:
                    continue
                due, count = seconds + every, count + 1
                yield Frame(_upright(frame, sampling), seconds, scene)
        except _errors() as error:
            if not count:
                raise PhotoError(f"damaged video: {_line(error)}") from error
    if not count:
        raise PhotoError("damaged video: it has no frame")


def _every(seconds: float, sampling: Sampling) -> float:
    return max(sampling.every, seconds / sampling.most)


def _differ(one: Any, other: Any) -> float:
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def _opened(path: Path) -> InputContainer:
    try:
        import av
        import av.logging
    except ImportError as error:
        raise PhotoError(MISSING) from error
    av.logging.set_level(av.logging.PANIC)  # what decoders tell each other
    try:
        # As a file of this machine: a playlist in a video's clothes may name addresses.
        options = {"protocol_whitelist": "file"}
        return av.open(str(path), options=options, metadata_errors="replace")
    except _errors() as error:
        raise PhotoError(f"not a video that can be read: {_line(error)}") from error


def _stream(container: InputContainer, sampling: Sampling) -> VideoStream:
    """The first one with pictures."""
    for stream in container.streams.video:
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > sampling.pixels:
            raise PhotoError(f"too large: {width} x {height} px a frame")
        return stream
    raise PhotoError("not a video: it holds no pictures")


def _upright(frame: Any, sampling: Sampling) -> Pixels:
    """As it is to be seen, and no larger than needed."""
    scale = min(1.0, sampling.side / max(frame.width, frame.height, 1))
    # Even sides: decoders store colour at half the size.
    width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    turns = round(float(getattr(frame, "rotation", 0) or 0) / 90) % 4  # counterclockwise
    return np.ascontiguousarray(np.rot90(pixels, turns))


def _errors() -> tuple[type[Exception], ...]:
    """What PyAV raises on bytes that are no video: FFmpeg's errors, and those of its own."""
    return (OSError, ValueError, EOFError, RuntimeError, MemoryError, ArithmeticError)


def _line(error: Exception) -> str:
    return " ".join(str(getattr(error, "strerror", None) or error).split())[:100]
