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
_AT_ONCE: Final = 1 << 21  # samples that are worked on in double precision
_ALPHA_MODES: Final = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})


def to_rgb(picture: Image.Image, *, tags: Any = None, hidden: bool = True) -> Image.Image:
    """The loaded picture in mode RGB. Raises ValueError for a mode that Pillow cannot convert.

    tags: of the TIFF that it was cut from. hidden: whether alpha is left out where it hides all.
    """
    mode = picture.mode
    if mode == "RGB" and "transparency" not in picture.info:
        return picture
    if mode.startswith("I;16"):
        return _grey(_from_uint16(picture, getattr(picture, "tag_v2", tags or {})))
    if mode in ("I", "F"):
        return _grey(from_wide(np.asarray(picture), integers=mode == "I"))
    if mode == "LAB":
        return _from_lab(picture)
    if _has_alpha(picture):
        return _on_white(picture, hidden=hidden)
    return picture.convert("RGB")


def alpha_range(picture: Image.Image) -> tuple[int, int] | None:
    """The least and the greatest alpha; None where there is none to lay on white."""
    if picture.mode.startswith("I;16") or not _has_alpha(picture):
        return None
    low, high = _rgba(picture).getchannel("A").getextrema()
    return int(low), int(high)  # type: ignore[arg-type]


def bare(picture: Image.Image) -> Image.Image:
    """The colours without their alpha."""
    return _rgba(picture).convert("RGB")


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in _ALPHA_MODES or "transparency" in picture.info


def _rgba(picture: Image.Image) -> Image.Image:
    if picture.mode == "La":  # Pillow knows no shorter way
        picture = picture.convert("LA")
    return picture.convert("RGBA")


def _grey(values: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(values).convert("RGB")


def _from_uint16(picture: Image.Image, tags: Any) -> NDArray[np.uint8]:
    """16-bit grey, or 9 to 15 bits in 16 as some TIFFs have them, by the range of its bits."""
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
    rows = max(1, _AT_ONCE // max(1, values[:1].size))
    parts = [slice(top, top + rows) for top in range(0, len(values), rows)]
    low = min((float(_finite(values[part]).min(initial=0.0)) for part in parts), default=0.0)
    high = max((float(_finite(values[part]).max(initial=0.0)) for part in parts), default=0.0)
    eight = np.empty(values.shape, np.uint8)
    for part in parts:
        wide = _finite(values[part])
        if low >= 0 and high <= 1 and not integers:
            wide *= 255
        elif low >= 0 and 255 < high <= 65535 and integers:
            wide *= 255 / 65535
        elif low < 0 or high > 255:
            wide = (wide - low) * (255 / (high - low))
        eight[part] = np.rint(wide)
    return eight


def _finite(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def _on_white(picture: Image.Image, *, hidden: bool) -> Image.Image:
    """Alpha composited on white. An alpha that hides everything was never meant: it is ignored."""
    rgba = _rgba(picture)
    low, high = rgba.getchannel("A").getextrema()
    if low == 255 or (hidden and high == 0):
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
