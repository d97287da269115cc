"""Several sources of one photo, where the first one that says where somebody is wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from facecluster.identity import overlap
from facecluster.metadata.limits import LIMITS, Limits
from facecluster.metadata.names import same
from facecluster.metadata.records import Region, Told


@dataclass(frozen=True, slots=True)
class MergeTuning:
    """overlap: intersection over union from which two areas are one face; as faces are known by."""

    overlap: float = 0.5


def merged(
    groups: Iterable[list[Region]],
    names: Iterable[str],
    problems: Iterable[str],
    path: str,
    limits: Limits = LIMITS,
    tuning: MergeTuning = MergeTuning(),
) -> Told:
    """What the sources say together.

    groups: regions of each source, the one to believe first. A later source adds faces whose name
    has no place yet and which are elsewhere, and the name of a face that the earlier ones only
    marked. names: of people without an area. path: of the photo, for the sentence when there is
    too much.
    """
    placed: list[Region] = []
    loose: list[str] = []
    most = 0
    for group in groups:
        known = {same(region.name) for region in placed if region.name is not None}
        loose += [region.name for region in group if region.name and region.box is None]
        fresh = [r for r in dict.fromkeys(group) if r.box is not None and _new(r, known)]
        most = max(most, len(fresh))
        placed = _joined(placed, fresh[: limits.regions], tuning)
    seen = {same(region.name) for region in placed if region.name is not None}
    others: dict[str, str] = {}
    for name in (*loose, *names):
        if same(name) not in seen:
            others.setdefault(same(name), name)
    said = list(problems)
    if max(most, len(placed), len(others)) > limits.regions:
        said.append(f"{path}: names more than {limits.regions} people; the rest is left out")
    left = tuple(others.values())[: limits.regions]
    return Told(tuple(placed[: limits.regions]), left, tuple(dict.fromkeys(said)))


def _new(region: Region, known: set[str]) -> bool:
    return region.name is None or same(region.name) not in known


def _joined(placed: list[Region], fresh: list[Region], tuning: MergeTuning) -> list[Region]:
    """Those placed already, and those of the next source that are elsewhere."""
    if not placed or not fresh:
        return placed + fresh
    ours, theirs = (np.array([r.box for r in rows], np.float64) for rows in (placed, fresh))
    shared = overlap(theirs[:, None], ours[None])
    joined = list(placed)
    for region, row in zip(fresh, shared, strict=True):
        best = int(row.argmax())
        if row[best] < tuning.overlap:
            joined.append(region)
        elif joined[best].name is None and region.name is not None:
            joined[best] = replace(joined[best], name=region.name, source=region.source)
    return joined
