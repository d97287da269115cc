"""Animations that begin with nothing."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from facecluster.photos.frames import MOST_FRAMES
from facecluster.photos.read import decode
from tests.support.hostile_bytes import scene

KINDS = [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})]


def animation(kind: str, frames: list[Image.Image], **options: object) -> bytes:
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=200, **options)
    return file.getvalue()


def plain(colour: object, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, scene().size, colour)


def looks_like(data: bytes, want: Image.Image) -> bool:
    pixels = decode(data, 96).pixels.astype(int)
    return float(np.abs(pixels - np.asarray(want)).mean()) < 8  # a GIF has 256 colours


@pytest.mark.parametrize(("kind", "options"), KINDS)
@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (40, 40, 200)])
def test_a_blank_first_picture_is_passed_over(
    kind: str, options: dict[str, object], colour: tuple[int, int, int]
) -> None:
    for blanks in (1, 2, 5):
        # Equal pictures are joined by the encoder.
        dark = [plain(tuple(min(255, c + i % 2) for c in colour)) for i in range(blanks)]
        data = animation(kind, [*dark, scene(), scene().rotate(180)], **options)
        assert looks_like(data, scene())


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_nothing_at_all_before_the_first_picture(kind: str, options: dict[str, object]) -> None:
    nothing = plain((0, 0, 0, 0), "RGBA")
    assert looks_like(animation(kind, [nothing, scene().convert("RGBA")], **options), scene())


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_the_first_picture_stays_when_it_shows_something(
    kind: str, options: dict[str, object]
) -> None:
    data = animation(kind, [scene(), scene().rotate(180), plain(0)], **options)
    assert looks_like(data, scene())


def test_the_search_ends() -> None:
    dark = [plain((i % 2, 0, 0)) for i in range(MOST_FRAMES + 5)]
    assert looks_like(animation("GIF", [*dark, scene()]), plain(0))
    assert looks_like(animation("GIF", [plain(0), plain((1, 0, 0))]), plain(0))
    assert looks_like(animation("GIF", [plain(0)]), plain(0))


def test_damage_behind_the_first_picture() -> None:
    data = animation("GIF", [plain(0), scene()])
    for end in range(len(data) - 2000, len(data) - 10, 300):
        decode(data[:end], 96)
