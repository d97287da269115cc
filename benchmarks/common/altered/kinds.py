"""All alterations by name, those to fit on, those that must do no harm, and those to judge on."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

from benchmarks.common.altered import bent, covered, drawn, light, unseen, usual
from benchmarks.common.altered.parts import Alter
from facecluster.records import Floats, Pixels

AS_IT_IS = "as it is"


def _named(*functions: Alter) -> dict[str, Alter]:
    return {function.__name__.replace("_", " "): function for function in functions}


USUAL: Mapping[str, Alter] = _named(
    usual.as_it_is, usual.without_colours, usual.sepia, usual.faded, usual.yellowed, usual.soft,
    usual.small, usual.jpeg_40, usual.brighter, usual.darker, usual.more_contrast, usual.warm,
    usual.cool, usual.grain, usual.light_from_aside,
)  # fmt: skip
ODD: Mapping[str, Alter] = _named(
    light.flash, light.overexposed, light.underexposed, light.vignette, light.half_dark,
    light.gamma, light.flat, light.negative, light.solarized, light.false_colours,
    light.colour_cast, light.swapped_colours, light.turned_hues, light.twice_exposed,
    drawn.cartoon, drawn.pencil, drawn.edges, drawn.posterized, drawn.relief,
    drawn.black_and_white, drawn.oil, drawn.halftone, drawn.dithered, drawn.crayon,
    drawn.oversharp, bent.upside_down, bent.swirl, bent.mirrored_half, bent.wave, bent.bulge,
    bent.stretched, bent.sheared, bent.frosted, bent.tiled, covered.eye_bar, covered.mouth_mask,
    covered.lattice, covered.snow, covered.face_paint, covered.interlaced, covered.compressed,
    covered.mosaic, covered.moved, covered.noise, covered.moire,
)  # fmt: skip
UNSEEN: Mapping[str, Alter] = _named(
    unseen.night_vision, unseen.anaglyph, unseen.glitch, unseen.water_colour,
    unseen.kaleidoscope, unseen.bloom, unseen.scratched, unseen.duotone, unseen.knitted,
)  # fmt: skip
ALL: Mapping[str, Alter] = {**USUAL, **ODD, **UNSEEN}


def altered(kind: str, pixels: Pixels, landmarks: Floats, name: str) -> Pixels:
    """The picture after an alteration, the same for the same name of a picture.

    pixels: uint8 [H, W, 3] RGB. landmarks: float32 [5, 2], of its face in px.
    """
    random = np.random.default_rng(zlib.crc32(f"{kind}/{name}".encode()))
    return np.ascontiguousarray(ALL[kind](pixels, landmarks, random), np.uint8)
