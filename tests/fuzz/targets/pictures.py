"""All kinds of pictures that are read."""

from __future__ import annotations

import io
import random
import re
import zlib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, features

from facecluster.photos.read import decode, load
from tests.fuzz.target import Target, as_it_is
from tests.support.hostile_bytes import encode, scene
from tests.support.raws import KINDS_OF_RAW, box

SMALL = scene(40, 24)


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112], tags[0x0132] = orientation, "2019:07:21 18:03:55"
    return tags.tobytes()


def read(path: Path) -> None:
    picture = decode(load(path), 1600)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.ndim == 3
    assert picture.pixels.shape[2] == 3
    assert min(picture.width, picture.height, *picture.pixels.shape) > 0


def jpegs() -> list[bytes]:
    plain = SMALL
    return [
        encode("JPEG", plain, quality=60),
        encode("JPEG", plain, progressive=True, subsampling=2, exif=exif(6)),
        encode("JPEG", plain.convert("L"), quality=30, optimize=True),
        encode("JPEG", plain.convert("CMYK"), restart_marker_blocks=2),
    ]


def pngs() -> list[bytes]:
    modes = ("RGB", "RGBA", "L", "P", "1", "LA")
    grey16 = Image.fromarray(np.arange(960, dtype=np.uint16).reshape(24, 40) * 60)
    again = encode("PNG", SMALL, save_all=True, append_images=[SMALL.rotate(180)])
    turned = encode("PNG", SMALL, exif=exif(8))
    return [*(encode("PNG", SMALL.convert(m)) for m in modes), encode("PNG", grey16), again, turned]


def tiffs() -> list[bytes]:
    packings = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "tiff_deflate")
    packed = [encode("TIFF", SMALL, compression=packing) for packing in packings]
    modes = [encode("TIFF", SMALL.convert(mode)) for mode in ("L", "1", "P", "CMYK", "LAB", "F")]
    group4 = encode("TIFF", SMALL.convert("1"), compression="group4")
    tiles = encode("TIFF", SMALL, big_tiff=True)
    return [*packed, *modes, group4, tiles, encode("TIFF", SMALL, tiffinfo={274: 3})]


def gifs() -> list[bytes]:
    moving = encode("GIF", SMALL, save_all=True, append_images=[SMALL.rotate(90)], loop=0)
    return [encode("GIF", SMALL), moving, encode("GIF", SMALL.convert("1"))]


def webps() -> list[bytes]:
    moving = encode("WebP", SMALL, save_all=True, append_images=[SMALL.rotate(180)])
    return [encode("WebP", SMALL), encode("WebP", SMALL.convert("RGBA"), lossless=True), moving]


def bmps() -> list[bytes]:
    modes = [encode("BMP", SMALL.convert(mode)) for mode in ("RGB", "L", "P", "1", "RGBA")]
    # Run lengths, which Pillow writes not: eight pixels of one colour in each of 24 rows.
    head = bytearray(encode("BMP", SMALL.resize((8, 24)).convert("P")))
    head[30] = 1
    start = int.from_bytes(head[10:14], "little")
    return [*modes, bytes(head[:start]) + b"\x08\x05\0\0" * 24 + b"\0\1"]


def heifs() -> list[bytes]:
    import pillow_heif

    file = io.BytesIO()
    pillow_heif.from_pillow(SMALL.resize((64, 64))).save(file, quality=40)
    return [file.getvalue()]


def avifs() -> list[bytes]:
    return [encode("AVIF", SMALL.resize((64, 64)), quality=40)]


def raws() -> list[bytes]:
    return list(KINDS_OF_RAW.values())


def jxls() -> list[bytes]:
    import imagecodecs

    pixels = np.asarray(SMALL)
    bare = imagecodecs.jpegxl_encode(pixels, level=60, effort=1)
    signature = b"\0\0\0\x0cJXL \r\n\x87\n"
    boxes = box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", bare)
    return [bare, signature + boxes, imagecodecs.jpegxl_encode(pixels[..., 0], lossless=True)]


def with_checksums(data: bytes, dice: random.Random) -> bytes:
    """Mostly with the checksums of its chunks, without which a PNG is not looked into."""
    if dice.random() < 0.3:
        return data
    made, at = bytearray(data), 8
    while at + 12 <= len(made):
        size = int.from_bytes(made[at : at + 4], "big")
        end = at + 8 + size
        if end + 4 > len(made):
            break
        made[end : end + 4] = zlib.crc32(made[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(made)


def _of(name: str, count: int, seeds: Callable[[], Sequence[bytes]], words: bytes) -> Target:
    mend = with_checksums if name == "png" else as_it_is
    return Target(name, count, seeds, read, f"photo.{name}", re.split(b" ", words), mend)


def _is_there(package: str) -> bool:
    return find_spec(package) is not None


TARGETS = [
    _of("jpeg", 700, jpegs, b"\xff\xd8 \xff\xc0 \xff\xc2 \xff\xc4 \xff\xda \xff\xdb \xff\xdd"
        b" \xff\xe1 \xff\xd9 Exif\0\0II*\0 ICC_PROFILE\0 Adobe"),
    _of("png", 600, pngs, b"IHDR IDAT IEND PLTE tRNS iCCP zTXt iTXt eXIf acTL fcTL fdAT gAMA cHRM"),
    _of("tiff", 600, tiffs, b"II*\0 MM\0* II+\0 \x11\x01\x04\0 \x03\x01\x03\0 \x15\x01\x03\0"),
    _of("gif", 300, gifs, b"GIF87a GIF89a \x21\xf9\x04 \x21\xff\x0b \x2c\0\0\0\0 NETSCAPE2.0"),
    _of("webp", 300, webps, b"RIFF WEBP VP8X VP8L VP8\x20 ANIM ANMF ALPH EXIF ICCP"),
    _of("raw", 300, raws, b"II*\0 MM\0* FUJIFILMCCD-RAW ftypcrx CMT1 PRVW trak mdat \x4a\1\4\0"),
    _of("bmp", 200, bmps, b"BM \x28\0\0\0 \x6c\0\0\0 \x7c\0\0\0 \0\1 \0\2 \1\0\0\0"),
]  # fmt: skip
if _is_there("imagecodecs"):
    TARGETS.append(_of("jxl", 150, jxls, b"\xff\x0a JXL\x20 ftyp jxlc jxlp jxll brob Exif xml\x20"))
if _is_there("pillow_heif"):
    BOXES = b"ftyp meta iinf iloc iprp ipco ipma hvcC av1C ispe irot imir mdat grid iref Exif pitm"
    TARGETS.append(_of("heif", 150, heifs, BOXES))
    if features.check("avif"):
        TARGETS.append(_of("avif", 150, avifs, BOXES))
