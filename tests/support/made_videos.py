"""Videos made of colours or pictures, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SIZE = (96, 64)


def make_video(
    path: Path,
    scenes: Sequence[tuple[Any, int]],
    fps: int = 10,
    gop: int = 10,
    size: tuple[int, int] = SIZE,
    noise: bool = False,
) -> Path:
    """A video at `path`: of each scene a colour or an array [h, w, 3], and how many frames."""
    av = pytest.importorskip("av")
    width, height = size
    dice = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", gop
        stream.bit_rate = 4_000_000
        for content, count in scenes:
            pixels = np.broadcast_to(np.asarray(content, np.uint8), (height, width, 3)).copy()
            for _ in range(count):
                shown = pixels
                if noise:
                    shown = pixels ^ dice.integers(0, 64, pixels.shape).astype(np.uint8)
                for packet in stream.encode(av.VideoFrame.from_ndarray(shown, "rgb24")):
                    container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path
