"""Every kind of pixel as RGB uint8.

Alpha is laid on white, as a viewer or a printer would show it. 16 bits are scaled by their range
(65535, or what the TIFF says), never by their content; 32-bit integers and floats have no agreed
range, so values outside 0..1 and 0..255 are stretched from their least to their greatest.
CMYK is converted without its profile. RGB profiles are not applied.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

_BITS_PER_SAMPLE: Final = 258
_PHOTOMETRIC: Final = 262
_WHITE_IS_ZERO: Final = 0


def to_rgb(picture: Image.Image) -> Image.Image:
    """The loaded picture in mode RGB. Raises ValueError for a mode that Pillow cannot convert."""
    mode = picture.mode
    if mode == "RGB" and "transparency" not in picture.info:
        return picture
    if mode.startswith("I;16"):
        return _grey(_from_uint16(picture))
    if mode in ("I", "F"):
        return _grey(from_wide(np.asarray(picture), integers=mode == "I"))
    if mode == "LAB":
        return _from_lab(picture)
    if mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return _on_white(picture)
    return picture.convert("RGB")


def _grey(values: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(values).convert("RGB")


def _from_uint16(picture: Image.Image) -> NDArray[np.uint8]:
    """16-bit grey, or 9 to 15 bits in 16 as some TIFFs have them, by the range of its bits."""
    tags: Any = getattr(picture, "tag_v2", {})
    bits = max(8, min(16, *_ints(tags.get(_BITS_PER_SAMPLE, 16))))
    values = np.asarray(picture).astype(np.uint32)
    top = (1 << bits) - 1
    grey = np.minimum((values * 255 + top // 2) // top, 255).astype(np.uint8)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        return 255 - grey
    nothing = picture.info.get("transparency")  # of a PNG: the grey that stands for no pixel
    return grey if nothing is None else np.where(values == nothing, np.uint8(255), grey)


def _ints(value: object) -> tuple[int, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(v for v in values if isinstance(v, int)) or (16,)


def from_wide(values: NDArray[Any], *, integers: bool) -> NDArray[np.uint8]:
    """32-bit integers and floats; what is not finite becomes black."""
    wide = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(wide.min(initial=0.0)), float(wide.max(initial=0.0))
    if low >= 0 and high <= 1 and not integers:
        wide *= 255
    elif low >= 0 and 255 < high <= 65535 and integers:
        wide *= 255 / 65535
    elif low < 0 or high > 255:
        wide = (wide - low) * (255 / (high - low))
    return np.rint(wide).astype(np.uint8)


def _on_white(picture: Image.Image) -> Image.Image:
    """Alpha composited on white. An alpha that hides everything was never meant: it is ignored."""
    if picture.mode == "La":  # Pillow knows no shorter way
        picture = picture.convert("LA")
    rgba = picture.convert("RGBA")
    low, high = rgba.getchannel("A").getextrema()
    if low == 255 or high == 0:
        return rgba.convert("RGB")
    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, rgba).convert("RGB")


def _from_lab(picture: Image.Image) -> Image.Image:
    """CIE L*a*b* (D50, as in TIFF) to sRGB through Little CMS."""
    from PIL import ImageCms  # rare, and every run would wait for it

    converted = ImageCms.applyTransform(picture, _lab_transform())
    if converted is None:
        raise ValueError("the LAB colours cannot be converted")
    return converted


@functools.cache
def _lab_transform() -> ImageCmsTransform:
    from PIL import ImageCms

    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(lab, srgb, "LAB", "RGB")
