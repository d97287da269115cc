"""Packets inside photos of all kinds, whole and damaged."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from facecluster.metadata.limits import Limits
from facecluster.metadata.packets.embedded import embedded_packets
from tests.support.xmp_samples import CONTAINERS, GUID, jpeg, mwg, packet, png

XMP = packet(mwg([("Zoë", (0.5, 0.5, 0.2, 0.3))], (60, 40)))


@pytest.mark.parametrize("kind", CONTAINERS)
def test_the_packet_is_found_as_it_was_put_in(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(CONTAINERS[kind](XMP))
    assert embedded_packets(path) == [XMP]


@pytest.mark.parametrize("kind", CONTAINERS)
def test_one_that_is_too_large_is_not_taken(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(CONTAINERS[kind](XMP))
    few = Limits(packet=len(XMP) - 1)
    assert embedded_packets(path, few) == ([XMP] if kind in ("jpeg", "raf") else [])


@pytest.mark.parametrize("kind", CONTAINERS)
def test_damage_is_borne(kind: str, tmp_path: Path) -> None:
    whole, dice = CONTAINERS[kind](XMP), random.Random(kind)
    path = tmp_path / "photo"
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 3))):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(1, 4)] = dice.randbytes(4)
        path.write_bytes(data[: dice.choice((len(data), dice.randrange(len(data))))])
        found = embedded_packets(path)
        assert all(isinstance(each, bytes) for each in found)


def test_a_packet_of_many_segments_is_put_together(tmp_path: Path) -> None:
    first = packet(f"<xmpNote:HasExtendedXMP>{GUID}</xmpNote:HasExtendedXMP>")
    rest = packet(mwg([("A" * 5000, (0.5, 0.5, 0.2, 0.3))]), wrapped=False)
    path = tmp_path / "a.jpg"
    data = jpeg(first, extended=rest)
    path.write_bytes(data)
    assert embedded_packets(path) == [first, rest]
    # One that the first does not name, and one of which a part is missing, are none.
    path.write_bytes(jpeg(XMP, extended=rest))
    assert embedded_packets(path) == [XMP]
    cut = data.index(b"http://ns.adobe.com/xmp/extension/")
    path.write_bytes(data[: cut + 2] + b"g" + data[cut + 3 :])
    assert embedded_packets(path) == [first]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP", "TIFF", "GIF", "BMP"])
def test_photos_without_a_packet(form: str, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (30, 20)).save(tmp_path / "a", form)
    assert embedded_packets(tmp_path / "a") == []


def test_a_text_that_grows_without_end_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(b" " * (1 << 20), packed=True))
    assert embedded_packets(tmp_path / "a.png", Limits(packet=1 << 16)) == []


@pytest.mark.parametrize("kind", ["jpeg", "png, packed", "heif, in meta"])
def test_a_photo_of_thousands_of_packets_takes_no_time(kind: str, tmp_path: Path) -> None:
    whole = CONTAINERS[kind](XMP)
    path = tmp_path / "photo"
    start, end = {
        "jpeg": (2, 2 + 4 + 29 + len(XMP)),
        "png, packed": (33, 33 + 12 + int.from_bytes(whole[33:37], "big")),
        "heif, in meta": (24, len(whole)),
    }[kind]
    path.write_bytes(whole[:start] + whole[start:end] * 5000 + whole[end:])
    started = time.process_time()
    found = embedded_packets(path)
    assert time.process_time() - started < 3
    assert found == [XMP] * Limits().packets


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(OSError, match="regular"):
        embedded_packets(tmp_path / "a.jpg")
