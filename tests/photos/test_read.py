"""Loading files, identities, and that bad bytes end in a PhotoError and in nothing else."""

from __future__ import annotations

import io
import os
import re
import struct
import sys
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, features

from facecluster.errors import PhotoError
from facecluster.photos.read import ReadLimits, decode, digest
from facecluster.records import Picture


def sample(kind: str, mode: str = "RGB", **options: object) -> bytes:
    y, x = np.indices((48, 64))
    pixels = np.stack([2 * (x + y), x * y, 3 * x], axis=2).astype(np.uint8)
    tags = Image.Exif()
    tags.update({0x0112: 6, 0x0132: "2022:03:04 05:06:07"})
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind, exif=tags, **options)
    return file.getvalue()


SAMPLES = {
    "jpeg": sample("JPEG"),
    "progressive": sample("JPEG", progressive=True),
    "cmyk": sample("JPEG", "CMYK"),
    "mpo": sample("MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))]),
    "png": sample("PNG"),
    "palette": sample("PNG", "P"),
    "webp": sample("WEBP"),
    "lossless webp": sample("WEBP", lossless=True),
    "animated webp": sample("WEBP", save_all=True, append_images=[Image.new("RGB", (64, 48))]),
    "tiff": sample("TIFF"),
    "lzw": sample("TIFF", compression="tiff_lzw"),
    "deflate": sample("TIFF", compression="tiff_adobe_deflate"),
    "jpeg in tiff": sample("TIFF", compression="jpeg"),
    "fax": sample("TIFF", "1", compression="group4"),
    "bmp": sample("BMP"),
    "gif": sample("GIF"),
    "avif": sample("AVIF"),
}
try:
    import pillow_heif

    pillow_heif.register_heif_opener()
    SAMPLES["heif"] = sample("HEIF")
except ImportError:
    pass


def problem(data: bytes, long_side: int = 64) -> str:
    with pytest.raises(PhotoError) as caught:
        decode(data, long_side)
    reason = str(caught.value)
    assert reason
    assert "\n" not in reason
    assert len(reason) <= 140
    return reason


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_good(name: str) -> None:
    picture = decode(SAMPLES[name], 64)
    assert sorted(picture.pixels.shape) == [3, 48, 64]
    assert picture.pixels.flags.c_contiguous


# --- bad bytes


@pytest.mark.parametrize("name", SAMPLES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=4),
    end=st.one_of(st.just(1.0), st.floats(0, 1)),
    long_side=st.sampled_from([1, 16, 64]),
)
def test_damage_ends_in_a_picture_or_a_reason(
    capfd: pytest.CaptureFixture[str],
    name: str,
    flips: list[tuple[float, int]],
    end: float,
    long_side: int,
) -> None:
    data = bytearray(SAMPLES[name])
    for place, change in flips:
        data[min(int(place * len(data)), len(data) - 1)] ^= change
    picture = None
    with suppress(PhotoError):  # `problem` checks what the reasons look like
        picture = decode(bytes(data[: int(end * len(data))]), long_side)
    if picture is not None:
        assert isinstance(picture, Picture)
        assert picture.pixels.dtype == np.uint8
    out, err = capfd.readouterr()
    assert (out, err) == ("", "") or os.name == "nt"


@example(b"")
@example(b"BM")
@example(b"\0" * 12)
@example(b"RIFF\0\0\0\0WEBP")
@example(b"\0\0\0\x18ftypavif")
@given(st.binary(max_size=64))
def test_bytes_that_are_no_photo(data: bytes) -> None:
    assert problem(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello, world", "it is text"),
        ("Gr\u00fc\u00dfe".encode(), "it is text"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\3\4....", "a ZIP archive"),
        (b'<?xml version="1.0"?><svg/>', "XML text"),
        (b"\xef\xbb\xbf<svg xmlns=", "an SVG drawing"),
        (b"<!doctype HTML><p>404", "a web page"),
        (bytes(5000), "only zeros"),
        (b"\0\0\0\x14ftypisom\0\0\0\0mp42", "a video"),
        (b"\x01\x02\x03\x04", "no picture format"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "damaged HEIF"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(99), "damaged AVIF"),
        (SAMPLES["png"][:50], "damaged PNG|truncated"),
        (SAMPLES["bmp"][:500], "truncated"),
        (SAMPLES["gif"][:-200], "truncated"),
    ],
)
def test_the_reason_says_what_it_is(data: bytes, reason: str) -> None:
    if "HEIF" in reason:
        pytest.importorskip("pillow_heif")
    assert re.search(reason, problem(data))


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)
    assert problem(heic) == 'needs the heic extra: pip install "facecluster[heic]"'
    monkeypatch.setattr(features, "check", lambda name: False)
    assert problem(SAMPLES["avif"]) == 'needs the heic extra: pip install "facecluster[heic]"'


# --- bombs


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *extra: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(min(width // 8 + 1, 4096) * min(height, 64))))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + body + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(self: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", explode)
    assert problem(png(50_000, 50_000)) == "too large: 50000 x 50000 px, the limit is 268 MP"
    assert "too large" in problem(png(2**31 - 1, 2**31 - 1))


@pytest.mark.parametrize("extra", ["iCCP", "zTXt", "iTXt"])
def test_a_bomb_in_the_text_of_a_png_is_left_packed(extra: str) -> None:
    payload = zlib.compress(bytes(200 << 20), 9)  # 200 MiB from 200 kB
    between = {"iCCP": b"icc\0\0", "zTXt": b"a\0\0", "iTXt": b"a\0\1\0\0\0"}[extra]
    tracemalloc.start()
    picture = decode(png(8, 8, chunk(extra.encode(), between + payload)), 8)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.pixels.shape == (8, 8, 3)
    assert peak < 8 << 20


def test_the_limit_counts_the_pixels_that_are_decoded() -> None:
    limits = ReadLimits(pixels=48 * 64 // 16)
    assert decode(SAMPLES["jpeg"], 16, limits).pixels.shape == (16, 12, 3)
    for name, long_side in (("jpeg", 64), ("progressive", 16), ("png", 16)):
        with pytest.raises(PhotoError, match="too large"):
            decode(SAMPLES[name], long_side, limits)


def test_no_memory_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", fail)
    assert problem(SAMPLES["png"]) == "not enough memory to decode it"


# --- the rest of decode


def test_the_input_is_left_as_it_is_and_threads_agree() -> None:
    data = {name: bytes(content) for name, content in SAMPLES.items()}
    with ThreadPoolExecutor(4) as pool:
        for name, content in SAMPLES.items():
            want = decode(content, 32)
            for picture in pool.map(decode, [content] * 8, [32] * 8):
                np.testing.assert_array_equal(picture.pixels, want.pixels)
            assert data[name] == content


def test_a_long_side_of_nothing_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        decode(SAMPLES["png"], 0)


def test_digest_is_blake2b() -> None:
    """Reference value: `printf abc | b2sum -l 128` (GNU coreutils)."""
    assert digest(b"abc") == "cf4ab791c62b8d2b2109c90275287816"
    assert digest(b"") != digest(b"\0")
