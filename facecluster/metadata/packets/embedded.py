"""The XMP packets of a photo of any kind (XMP specification part 3), as bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from facecluster.metadata.files import Parts
from facecluster.metadata.limits import LIMITS, Limits
from facecluster.metadata.packets.jpeg import jpeg_packets
from facecluster.metadata.packets.media import media_packets
from facecluster.metadata.packets.riff_png import png_packets, webp_packets
from facecluster.metadata.packets.tiff import tiff_packets
from facecluster.photos.formats import HEAD

_RAF = b"FUJIFILMCCD-RAW"
_RAF_JPEG = 84  # where a RAF says where its JPEG is


def embedded_packets(path: str | Path, limits: Limits = LIMITS) -> list[bytes]:
    """The packets of JPEG, PNG, TIFF and RAWs like it, WebP, HEIF, AVIF, JPEG XL, CR3 and RAF.

    Each as it stands in the file, none larger than `limits.packet`; an extended packet of a JPEG
    follows its first one. Empty for anything else and for damaged files. Raises OSError.
    """
    with Parts(path) as file:
        return packets_of(file, limits)


def packets_of(file: Parts, limits: Limits) -> list[bytes]:
    """The same of an open file."""
    head = file.read(0, HEAD)
    if head.startswith(_RAF):
        return jpeg_packets(file, int.from_bytes(file.read(_RAF_JPEG, 4), "big"), limits)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return webp_packets(file, limits)
    if head[4:8] == b"ftyp":
        return media_packets(file, limits)
    return next((read(file, limits) for mark, read in _READERS if head.startswith(mark)), [])


_READERS: Final[tuple[tuple[bytes, Callable[[Parts, Limits], list[bytes]]], ...]] = (
    (b"\xff\xd8\xff", lambda file, limits: jpeg_packets(file, 0, limits)),
    (b"\x89PNG\r\n\x1a\n", png_packets),
    (b"\0\0\0\x0cJXL ", media_packets),
    (b"II", tiff_packets),
    (b"MM", tiff_packets),
)
