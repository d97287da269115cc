"""Copies of a photo as programs, messengers and people make them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

ORIENTATION = 0x0112
# Pixels as a camera stores them that was held on its side, by the tag that says so.
TURNED = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}

Change = Callable[[Image.Image, random.Random], Image.Image]


@dataclass(frozen=True, slots=True)
class Edit:
    """One way to make a copy. quality: of the JPEG. turned: stored on its side, with the tag."""

    name: str
    change: Change
    quality: int = 85
    turned: bool = False

    def save(self, picture: Image.Image, path: str, chance: random.Random) -> None:
        """Write the copy of an upright RGB picture as a JPEG."""
        made, exif = self.change(picture, chance), Image.Exif()
        if self.turned:
            tag = chance.choice(list(TURNED))
            made, exif[ORIENTATION] = made.transpose(TURNED[tag]), tag
        made.save(path, "JPEG", quality=self.quality, exif=exif)


def resized(picture: Image.Image, _: random.Random, factor: float) -> Image.Image:
    size = (max(16, round(side * factor)) for side in picture.size)
    return picture.resize(tuple(size), Image.Resampling.LANCZOS)  # type: ignore[arg-type]


def as_it_is(picture: Image.Image, _: random.Random) -> Image.Image:
    return picture


def brighter(picture: Image.Image, _: random.Random, factor: float) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(factor)


def stronger(picture: Image.Image, _: random.Random, factor: float) -> Image.Image:
    return ImageEnhance.Contrast(picture).enhance(factor)


def colourful(picture: Image.Image, _: random.Random, factor: float) -> Image.Image:
    return ImageEnhance.Color(picture).enhance(factor)


def cut(picture: Image.Image, chance: random.Random, most: float) -> Image.Image:
    """Up to `most` of the sides is cut off at each edge."""
    width, height = picture.size
    left, top, right, bottom = (chance.uniform(0, most) for _ in range(4))
    box = left * width, top * height, (1 - right) * width, (1 - bottom) * height
    return picture.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]


def framed(picture: Image.Image, _: random.Random, share: float) -> Image.Image:
    return ImageOps.expand(picture, round(share * picture.width), "white")


def marked(picture: Image.Image, _: random.Random) -> Image.Image:
    """A white mark over a quarter of the lower edge."""
    made = picture.copy()
    corner = 0.75 * picture.width, 0.92 * picture.height
    ImageDraw.Draw(made).rectangle((*corner, *picture.size), fill="white")
    return made


def sent_cut(picture: Image.Image, chance: random.Random) -> Image.Image:
    return resized(cut(picture, chance, 0.03), chance, 0.4)


EDITS = (
    *(Edit(f"resized to {f:g}", partial(resized, factor=f)) for f in (0.75, 0.5, 0.3, 0.2)),
    *(Edit(f"JPEG quality {q}", as_it_is, q) for q in (95, 70, 40)),
    Edit("30 % brighter", partial(brighter, factor=1.3)),
    Edit("30 % darker", partial(brighter, factor=0.7)),
    Edit("40 % more contrast", partial(stronger, factor=1.4)),
    Edit("60 % more colour", partial(colourful, factor=1.6)),
    Edit("in grey", partial(colourful, factor=0.0)),
    Edit("turned by its tag", as_it_is, turned=True),
    Edit("resized to 0.4, JPEG quality 60", partial(resized, factor=0.4), 60),
    Edit("up to 2 % cut off each edge", partial(cut, most=0.02)),
    Edit("up to 5 % cut off each edge", partial(cut, most=0.05)),
    Edit("3 % cut off, resized to 0.4, quality 60", sent_cut, 60),
    Edit("a mark over the lower corner", marked),
    Edit("a white frame of 3 %", partial(framed, share=0.03)),
)
