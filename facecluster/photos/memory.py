"""How much memory decoding a photo takes, said before it is done."""

from __future__ import annotations

from typing import Final

from PIL.ImageFile import ImageFile

from facecluster.photos import frames, jpeg
from facecluster.photos.kinds.tiff import WholeByteTiff

# Bytes per pixel at the worst moment, measured with 16 MP of each: the decoder's own pictures
# and Pillow's. Pillow alone takes 1 for grey and palettes, 2 for 16-bit grey, 4 for all others.
_DECODERS: Final = {"WebP": 16.2, "HEIF": 8.0, "AVIF": 10.0, "JPEG XL": 16.0}
_PILLOW: Final = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
# The same where later pictures of an animation are looked at.
_ANIMATED: Final = {"GIF": 14, "PNG": 17, "WebP": 22, "HEIF": 22, "AVIF": 28, "TIFF": 16}
_SCALED_BY_CONTENT: Final = 14  # 32-bit numbers, which go to Pillow and back


def needed(data: bytes, name: str, picture: ImageFile, scale: int) -> int:
    """Bytes for the file and its pixels; `scale` is that of a JPEG."""
    width, height = picture.size
    each: float = _PILLOW.get(picture.mode, 4)
    if picture.mode in ("I", "F"):
        each = _SCALED_BY_CONTENT
    if isinstance(picture, WholeByteTiff):
        each = picture.bytes_per_pixel
    each = _DECODERS.get(name, each) / scale**2
    if name in _ANIMATED and frames.animated(picture):
        each = max(each, _ANIMATED[name])
    if name == "JPEG" and not jpeg.one_scan(data, picture):
        each += 2 * _coefficients(picture)  # all of them are kept until the last scan
    return len(data) + int(width * height * each)


def _coefficients(picture: ImageFile) -> float:
    """Coefficients of a JPEG per pixel: fewer than there are colours where these are subsampled."""
    layers: list[tuple[int, int, int, int]] = getattr(picture, "layer", [])
    areas = [across * down for _, across, down, _ in layers]
    return sum(areas) / max(1, *areas)
