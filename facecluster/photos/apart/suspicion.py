"""Which photos are decoded in a process of their own: what could take long, much, or us with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from facecluster.photos.frames import animated
from facecluster.photos.kinds.tiff import WholeByteTiff
from facecluster.photos.read import Opened

# How the pixels of scans lie in a TIFF. The other decoders that libtiff calls are seldom used, and
# are those with a history of faults.
_USUAL_TIFFS: Final = frozenset({"raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"})
_USUAL_NUMBERS: Final = frozenset({1, 5, 8, 32773})


@dataclass(frozen=True, slots=True)
class Suspicion:
    """From where on a photo is suspicious. memory: bytes that it takes. pixels: as decoded. frames:
    pixels of a picture in an animation, of which many may have to be decoded. file: larger ones
    stay here, unless it is their kind, as they would be in memory twice; what harms is small.

    The photo of a telephone or camera stays below: 48 MP of HEIC take 0.38 GB.
    """

    memory: int = 400_000_000
    pixels: int = 1 << 26
    frames: int = 1 << 22
    file: int = 150_000_000

    def __call__(self, opened: Opened) -> bool:
        """Whether the photo, whose header has been read, is to be decoded apart."""
        if opened.name == "TIFF" and not _usual(opened):
            return True
        if len(opened.data) > self.file:
            return False
        if opened.memory > self.memory or opened.pixels > self.pixels:
            return True
        return opened.pixels > self.frames and animated(opened.picture)


def _usual(opened: Opened) -> bool:
    if isinstance(opened.picture, WholeByteTiff):
        return opened.picture.layout.compression in _USUAL_NUMBERS
    return opened.picture.info.get("compression") in _USUAL_TIFFS
