"""The page's section of faces that could not be placed, by reason."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from facecluster.output.page.tiles import Tile, Tiles
from facecluster.records import Reason
from facecluster.report.records import Face, Report

UNSURE_SHOWN = 600  # tiles, shared among the reasons
LEAST_SHOWN = 24  # tiles of a reason, however few faces it has of all

_REASONS = {
    Reason.ALONE: ("Nobody else looks like them", "No other photos show a face near enough."),
    Reason.TWICE: (
        "Their person is in the photo already",
        "Often a mirror, a collage, or a relative.",
    ),
    Reason.POOR: ("Too blurred, turned or small", "Not clear enough to build a group upon."),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnsureSection:
    """The faces of one reason. count: all of them; more: those that are not shown."""

    title: str
    text: str
    count: int
    tiles: list[Tile]
    more: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnsureView:
    """count: the unsure faces of all sections."""

    count: int
    sections: list[UnsureSection]


def unsure_view(report: Report, tiles: Tiles) -> UnsureView:
    """The unsure faces by reason, those nearest to somebody first."""
    groups: defaultdict[Reason, list[Face]] = defaultdict(list)
    for face_id in report.unsure:
        groups[report.faces[face_id].reason].append(report.faces[face_id])
    count, sections = len(report.unsure), []
    for reason, (title, text) in _REASONS.items():
        faces = groups[reason]
        if not faces:
            continue
        faces.sort(key=lambda f: (math.inf if f.distance is None else f.distance, f.id))
        room = max(LEAST_SHOWN, UNSURE_SHOWN * len(faces) // count)
        shown = [tiles.tile(face.id) for face in faces[:room]]
        sections.append(
            UnsureSection(title, text, len(faces), shown, more=max(0, len(faces) - room))
        )
    return UnsureView(count, sections)
