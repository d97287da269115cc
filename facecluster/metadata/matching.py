"""Which of our faces other programs' names belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.identity import overlap
from facecluster.metadata.names import same
from facecluster.metadata.records import Region, Told


@dataclass(frozen=True, slots=True)
class MatchTuning:
    """When an area that another program drew is a face of ours.

    overlap: intersection over union from which it always is. sides: how many times larger or
    smaller the area's side (the root of its size) may be, where the middle of each lies in the
    other. Chosen on 187 faces of 37 photos with several, boxes redrawn as programs draw them
    (tight, square, whole heads, small, by hand) and a quarter of the faces not found by us:
    99.1 to 100 % of the areas get their face and at most 0.1 % another one. The overlap alone gives
    14 % of areas around whole heads.
    """

    overlap: float = 0.5
    sides: float = 2.5


MATCHING = MatchTuning()


def named_faces(
    told: Told, boxes: NDArray[np.float64], tuning: MatchTuning = MATCHING
) -> dict[int, str]:
    """Names by face of one photo: the row of `boxes`.

    boxes: float64 [F, 4] x, y, width, height in fractions of the stored picture. An area names one
    face at most and a face is named by one area at most, the nearest pairs first. A name without an
    area is given only to the one face of a photo of which nothing else is said.
    """
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    regions = [region for region in told.regions if region.box is not None]
    pairs = _pairs(regions, boxes, tuning)
    named = {face: name for at, face in pairs.items() if (name := regions[at].name) is not None}
    names = {same(name): name for name in told.names}
    names |= {same(region.name): region.name for region in told.regions if region.name is not None}
    elsewhere = len(pairs) < len(regions)
    if len(boxes) == 1 and len(names) == 1 and not named and not elsewhere:
        named[0] = next(iter(names.values()))
    return named


def _pairs(
    regions: list[Region], boxes: NDArray[np.float64], tuning: MatchTuning
) -> dict[int, int]:
    """The face of each region that has one. Regions without a name take theirs as well."""
    if not regions or not len(boxes):
        return {}
    near = _nearness(np.array([region.box for region in regions], np.float64), boxes, tuning)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for place in np.argsort(-near, axis=None, kind="stable").tolist():
        region, face = divmod(place, len(boxes))
        if near[region, face] <= 0:
            break
        if region not in pairs and face not in taken:
            pairs[region] = face
            taken.add(face)
    return pairs


def _nearness(
    areas: NDArray[np.float64], boxes: NDArray[np.float64], tuning: MatchTuning
) -> NDArray[np.float64]:
    """How well each area fits each face, above 0 to 1, 0 where it does not; float64 [R, F]."""
    half_a, half_b = areas[:, None, 2:] / 2, boxes[None, :, 2:] / 2
    apart = np.abs((areas[:, None, :2] + half_a) - (boxes[None, :, :2] + half_b))
    each_in_other = (apart <= np.minimum(half_a, half_b)).all(axis=-1)
    side = np.sqrt(half_a.prod(axis=-1) / np.maximum(half_b.prod(axis=-1), 1e-12))
    side = np.maximum(side, 1 / np.maximum(side, 1e-12))
    fits = each_in_other & (side <= tuning.sides)
    fits |= overlap(areas[:, None], boxes[None]) >= tuning.overlap
    shift = np.sqrt(np.square(apart / np.maximum(half_a + half_b, 1e-12)).sum(axis=-1))
    return np.where(fits, np.exp(-shift) / np.sqrt(side), 0.0)
