"""Decoding in another process: the same pixels, and an end to what has none."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from facecluster.errors import MemoryPhotoError, PhotoError
from facecluster.photos.apart.process import Apart, Patience, StartError
from facecluster.photos.read import LIMITS, ReadLimits, decode
from tests.support.hostile_bytes import chunk


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    made = Apart()
    yield made
    made.close()


def photo(form: str, rng: np.random.Generator, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pixels = rng.integers(0, 256, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


def endless() -> bytes:
    """Seconds of work in a small file: 16,000 rows of nothing, each to be told from the one above.

    Blocks of deflate that end on a byte can be put together.
    """
    rows = 100 * (b"\4" + bytes(3 * 16_000))
    squeezer = zlib.compressobj()
    first = squeezer.compress(rows) + squeezer.flush(zlib.Z_FULL_FLUSH)
    block = squeezer.compress(rows) + squeezer.flush(zlib.Z_FULL_FLUSH)
    head = struct.pack(">IIBBBBB", 16_000, 16_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", first + 159 * block) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def children() -> set[int]:
    mine = psutil.Process().children()
    return {c.pid for c in mine if "photos.apart" in " ".join(c.cmdline())}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
@pytest.mark.parametrize("long_side", [50, 1600])
def test_the_same_picture(
    form: str, long_side: int, apart: Apart, rng: np.random.Generator
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2019:07:21 18:03:55"
    options = {} if form in ("GIF", "BMP") else {"exif": exif}
    data = photo(form, rng, **options)
    here, there = decode(data, long_side), apart.decode(data, long_side, 9)
    np.testing.assert_array_equal(there.pixels, here.pixels)
    for name in ("width", "height", "orientation", "taken"):
        assert getattr(there, name) == getattr(here, name)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff", b"II*\0" + bytes(99)])
def test_the_same_reason(data: bytes, apart: Apart) -> None:
    with pytest.raises(PhotoError) as here:
        decode(data, 99)
    with pytest.raises(PhotoError) as there:
        apart.decode(data, 99, 9)
    assert str(there.value) == str(here.value)


def test_one_process_for_one_thread_and_none_behind_it(rng: np.random.Generator) -> None:
    before, data = children(), photo("PNG", rng)
    apart = Apart()
    assert children() == before  # none until one is asked
    for _ in range(3):
        apart.decode(data, 99, 9)
    assert len(children() - before) == 1
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: apart.decode(data, 99, 9), range(6)))
    assert len(children() - before) <= 2
    apart.close()
    assert children() == before
    with pytest.raises(StartError):
        apart.decode(data, 99, 9)


def test_what_takes_too_long_ends(rng: np.random.Generator) -> None:
    """By its own processor time, and the next photo is read."""
    apart = Apart(patience=Patience(seconds=0.5, per_megapixel=0, clock=100))
    with pytest.raises(MemoryPhotoError, match=r"^reading it took more than 0\.5 s$"):
        apart.decode(endless(), 1600, 9)
    assert apart.decode(photo("PNG", rng), 99, 9).width == 120
    apart.close()


def test_what_hangs_ends(rng: np.random.Generator) -> None:
    """By the clock, whether it works or sleeps."""
    before = children()
    apart = Apart(patience=Patience(seconds=60, per_megapixel=0, clock=60))
    apart.decode(photo("PNG", rng), 99, 9)
    (child,) = children() - before
    psutil.Process(child).suspend()
    impatient = Apart(patience=Patience(seconds=0.001, per_megapixel=0, clock=1))
    with pytest.raises(MemoryPhotoError, match="reading it took more than"):
        impatient.decode(photo("PNG", rng), 99, 9)
    threading.Timer(0.2, psutil.Process(child).kill).start()
    with pytest.raises(MemoryPhotoError, match="more memory than there is"):
        apart.decode(photo("PNG", rng), 99, 9)
    assert apart.decode(photo("PNG", rng), 99, 9).width == 120
    apart.close()
    impatient.close()


def test_closing_ends_what_is_in_work() -> None:
    before = children()
    apart = Apart(patience=Patience(seconds=60))
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(apart.decode, endless(), 1600, 9)
        while children() == before:
            time.sleep(0.01)
        time.sleep(0.3)
        apart.close()
        with pytest.raises(PhotoError):
            work.result(10)
    assert children() == before


def test_its_limits_go_with_the_request(rng: np.random.Generator) -> None:
    small = Apart(ReadLimits(memory=30_000))
    with pytest.raises(PhotoError, match="too large: 120 x 90 px take"):
        small.decode(photo("PNG", rng), 99, 9)
    small.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep the limit")
def test_more_memory_than_it_may_is_refused_there() -> None:
    code = (
        "from facecluster.photos.apart.child import limit\n"
        "from facecluster.photos.apart.wire import Request\n"
        "from facecluster.base.memory import addresses_used\n"
        "limit(Request(b'', 1, 1, 50_000_000, 9.0), addresses_used())\n"
        "bytearray(40_000_000)\n"
        "try: bytearray(1_000_000_000)\n"
        "except MemoryError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


def test_a_folder_of_strange_modules_is_not_looked_at(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    """The folder that a command is started in may be the album."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    apart = Apart(LIMITS)
    assert apart.decode(photo("PNG", rng), 99, 9).width == 120
    apart.close()
