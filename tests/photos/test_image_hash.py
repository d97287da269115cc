"""A picture is known whatever is written beside its pixels, and no other is taken for it."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from facecluster.photos.image_hash import content_id, image_hash
from facecluster.photos.kinds.jpeg_parts import parts


def jpeg(seed: int = 0, **options: object) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (24, 32, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **options)
    return file.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2) + content


tags = st.tuples(st.sampled_from([*range(0xE0, 0xEE), 0xEF, 0xFE]), st.binary(max_size=300)).map(
    lambda made: segment(*made)
)


@pytest.mark.parametrize("progressive", [False, True])
@settings(max_examples=60)
@given(st.lists(tags, max_size=5), st.integers(0, 4))
def test_segments_of_tags_change_nothing(progressive: bool, more: list[bytes], place: int) -> None:
    data = jpeg(progressive=progressive)
    starts = [2, *(part.end for part in parts(data))]
    first_scan = next(n for n, part in enumerate(parts(data)) if part.marker == 0xDA)
    at = starts[min(place, first_scan)]
    assert image_hash(data[:at] + b"".join(more) + data[at:]) == image_hash(data)


def test_other_pixels_tables_and_colours_are_other_pictures() -> None:
    data = jpeg()
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    others = [jpeg(1), jpeg(quality=60), data[:-2] + b"x" + data[-2:], data[:2] + adobe + data[2:]]
    assert len({image_hash(data), *map(image_hash, others)}) == 5


def test_other_kinds_go_by_the_whole_file() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    data = file.getvalue()
    assert image_hash(data) != image_hash(data + b"\0")


@given(st.binary(max_size=400).map(lambda rest: b"\xff\xd8" + rest))
def test_any_bytes_have_a_hash(data: bytes) -> None:
    assert len(image_hash(data)) == 32


def test_endless_segments_and_fill_take_no_time() -> None:
    for rest in (b"\xff" * 10**7, segment(0xE1, b"") * 10**6):
        assert len(image_hash(b"\xff\xd8" + rest)) == 32


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs the program exiftool")
def test_what_exiftool_writes_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg())
    before = image_hash(path.read_bytes())
    told = ["-Subject=x", "-Comment=y", "-Orientation#=6", "-AllDates=2020:01:02 03:04:05"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *told, str(path)], check=True)
    assert path.read_bytes() != jpeg()
    assert image_hash(path.read_bytes()) == before


def test_turned_or_seen_by_another_it_is_other_content() -> None:
    image = image_hash(jpeg())
    ids = {content_id(image, turn, reader) for turn in range(1, 9) for reader in ("a", "b")}
    assert len(ids) == 16
