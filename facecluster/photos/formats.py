"""Which files are photos: the scan goes by the end of the name, reading by the first bytes."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Final

from PIL import (
    GifImagePlugin,
    WebPImagePlugin,
    features,
)
from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError
from facecluster.photos.jpeg import open_jpeg
from facecluster.photos.kinds import jxl
from facecluster.photos.kinds.bmp import open_bmp
from facecluster.photos.kinds.png import open_png
from facecluster.photos.kinds.tiff import open_tiff

EXTENSIONS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".pjpeg", ".pjp", ".mpo", ".insp", ".png"}
    | {".apng", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif", ".jxl"}
    | {".heic", ".heif", ".hif", ".heics", ".heifs", ".avif", ".avifs"}
    | {".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".srf", ".dng", ".gpr", ".pef"}
    | {".orf", ".rw2", ".rwl", ".raf", ".srw", ".3fr", ".fff", ".iiq", ".mef", ".mos", ".kdc"}
    | {".dcr", ".erf", ".mrw", ".x3f"}
)
HEIC_HINT: Final = 'needs the heic extra: pip install "facecluster[heic]"'
JXL_HINT: Final = 'needs the jxl extra: pip install "facecluster[jxl]"'

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm"})
_MAGIC: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"IIU\0", "RAW"),
    (b"IIRO", "RAW"),
    (b"IIRS", "RAW"),
    (b"MMOR", "RAW"),
    (b"II\x1a\0\0\0HEAPCCDR", "RAW"),
    (b"\0MRM", "RAW"),
    (b"FOVb", "RAW"),
)
HEAD: Final = 64
_BMP_HEADERS: Final = frozenset(
    size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124)
)
_LEAST_SIDE: Final = 16  # px
_OTHERS: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK\3\4", "a ZIP archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "XML text"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
)


def sniff(data: bytes) -> str:
    """The format: JPEG, PNG, WebP, TIFF, BMP, GIF, HEIF, AVIF, JPEG XL or RAW.

    A RAW that is built like a TIFF is a TIFF here (see photos/raw). Raises PhotoError if none.
    """
    if name := _marked(data):
        return name
    raise PhotoError(f"not a photo: it is {_what(data)}")


def begins_like_picture(head: bytes) -> bool:
    """Whether a file of any name is to be read, by its first HEAD bytes.

    Marks of two bytes are met in other files too, so there the next ones count as well.
    """
    name = _marked(head)
    if name == "BMP":
        return head[6:10] == bytes(4) and head[14:18] in _BMP_HEADERS
    if name == "JPEG XL" and head[:2] == b"\xff\x0a":
        return min(jxl.size(head)) >= _LEAST_SIDE
    return bool(name)


def _marked(data: bytes) -> str:
    """The format, or nothing."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return _brand(data) if data[4:8] == b"ftyp" else ""


def _brand(data: bytes) -> str:
    """HEIF and AVIF are told apart by the brands in their first box (ISO/IEC 23008-12)."""
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    if data[8:12] == b"crx ":
        return "RAW"
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEIF_BRANDS or brands & {b"mif1", b"msf1"}:
        return "HEIF"
    return ""


def _what(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "a video"
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _OTHERS:
        if head[: len(magic)].lower() == magic.lower():
            return name
    if not any(data[:65536]):
        return "only zeros, as after a copy that was cut short"
    if all(byte >= 32 or byte in b"\t\r\n\f\x1b" for byte in head):
        return "text"
    return "no picture format that we know"


def open_picture(data: bytes, name: str) -> ImageFile:
    """Pillow's picture of the format `name`, header read and pixels not yet decoded.

    The decoders are called one by one and not through `Image.open`: that would also try formats
    that nobody asked for (PostScript among them), and its size limit is one for all formats,
    where ours counts the pixels that are really decoded.
    Raises PhotoError when an extra is missing, and whatever Pillow raises.
    """
    others = {"AVIF": _avif, "HEIF": _heif, "JPEG XL": _jxl}
    opener = _OPENERS.get(name) or others[name]()
    return opener(io.BytesIO(data))


_Opener = Callable[[io.BytesIO], ImageFile]
_OPENERS: Final[dict[str, _Opener]] = {
    "JPEG": open_jpeg,
    "PNG": open_png,
    "WebP": WebPImagePlugin.WebPImageFile,
    "TIFF": open_tiff,
    "BMP": open_bmp,
    "GIF": GifImagePlugin.GifImageFile,
}


def _avif() -> _Opener:
    """Pillow 11.3 and newer read AVIF themselves, pillow-heif before 1.0 did."""
    if features.check("avif"):
        from PIL import AvifImagePlugin

        return AvifImagePlugin.AvifImageFile
    try:
        from pillow_heif import AvifImageFile
    except ImportError as error:
        raise PhotoError(HEIC_HINT) from error
    opener: _Opener = AvifImageFile
    return opener


def _heif() -> _Opener:
    try:
        from pillow_heif import HeifImageFile
    except ImportError as error:
        raise PhotoError(HEIC_HINT) from error
    opener: _Opener = HeifImageFile
    return opener


def _jxl() -> _Opener:
    try:
        from imagecodecs import jpegxl_decode
    except ImportError as error:
        raise PhotoError(JXL_HINT) from error
    # One thread: the cores have photos of their own. index: of an animation the first picture.
    decode = functools.partial(jpegxl_decode, index=0, numthreads=1)
    return lambda data: jxl.JpegXl(data, decode)
