"""The page's section of people who may be one and people who may be several."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from facecluster.output.page.text import in_percent, plural
from facecluster.output.page.tiles import Tiles, View

PAIRS_SHOWN = 30
MIXED_SHOWN = 20
FACES_EACH = 12


def look_view(report: Mapping[str, Any], tiles: Tiles, sections: int) -> View:
    """Both lists, most urgent first. The first `sections` people have a section to link to."""
    pairs, mixed = report["probably_same"], report["probably_mixed"]
    return {
        "count": len(pairs) + len(mixed),
        "pair_count": len(pairs),
        "pairs": [_pair(entry, tiles, sections) for entry in pairs[:PAIRS_SHOWN]],
        "pairs_more": max(0, len(pairs) - PAIRS_SHOWN),
        "mixed_count": len(mixed),
        "mixed": [_mixed(entry, tiles, sections) for entry in mixed[:MIXED_SHOWN]],
        "mixed_more": max(0, len(mixed) - MIXED_SHOWN),
    }


def _pair(entry: View, tiles: Tiles, sections: int) -> View:
    return {
        "people": [_someone(person, tiles, sections) for person in entry["people"]],
        "chance": in_percent(entry["confidence"]),
    }


def _mixed(entry: View, tiles: Tiles, sections: int) -> View:
    """Shown with the faces that the grouping is least sure of, where a stranger would be."""
    faces = sorted(tiles.people[entry["person"]]["faces"], key=lambda i: (_sure(tiles, i), i))
    return {
        "person": _someone(entry["person"], tiles, sections),
        "chance": in_percent(1 - entry["confidence"]),
        "tiles": [tiles.tile(face) for face in faces[:FACES_EACH]],
        "more": max(0, len(faces) - FACES_EACH),
    }


def _sure(tiles: Tiles, face_id: int) -> float:
    chance: float | None = tiles.faces[face_id]["confidence"]
    return math.inf if chance is None else chance


def _someone(number: int, tiles: Tiles, sections: int) -> View:
    person = tiles.people[number]
    return {
        "label": tiles.labels[number],
        "picture": tiles.picture(person["best_face"]),
        "faces": plural(person["face_count"], "face"),
        "href": f"#person-{number}" if number <= sections else None,
    }
