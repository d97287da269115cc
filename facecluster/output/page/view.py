"""What the page shows, prepared from the report so that the templates only lay it out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from facecluster.output.page.chart import chart_view
from facecluster.output.page.look import look_view
from facecluster.output.page.text import Links, plural, show
from facecluster.output.page.tiles import Tiles, View

FACES_SHOWN = 6000  # tiles on the page, shared fairly among the people
PEOPLE_SHOWN = 1000
UNSURE_SHOWN = 600
LINES_SHOWN = 1000
NOTHING = "\N{EN DASH}"

_STATUS = {
    "grouped": "with people",
    "unsure": "unsure",
    "poor": "faces too small or poor",
    "no face": "no face",
    "duplicate": "duplicate",
    "unreadable": "unreadable",
}
_REASONS = {
    "alone": ("Nobody else looks like them", "No other photos show a face near enough."),
    "twice": ("Their person is in the photo already", "Often a mirror, a collage, or a relative."),
    "too poor": ("Too blurred, turned or small", "Not clear enough to build a group upon."),
}


def page_view(report: Mapping[str, Any], out: Path) -> View:
    """The template's variables. `report` as build_report made it, `out` where the page will be."""
    links = Links(out, Path(report["root"]))
    tiles = Tiles(report, links)
    shown = report["people"][:PEOPLE_SHOWN]
    room = _room([person["face_count"] for person in shown])
    people = [_person(person, tiles, room, report["run"]["distance"]) for person in shown]
    photos: defaultdict[str, list[View]] = defaultdict(list)
    for photo in report["photos"]:
        photos[photo["status"]].append(photo)
    return {
        "title": show(Path(report["root"]).name or report["root"]),
        "root": report["root"],
        "started": report["run"]["started"].replace("T", " ")[:16],
        "summary": report["summary"],
        "strip": _strip(report["summary"]["photos_by_status"], report["summary"]["photos"]),
        "people": people,
        "people_more": len(report["people"]) - len(people),
        "doubts": sum(face["doubted"] for person in people for face in person["tiles"]),
        "look": look_view(report, tiles, len(people)),
        "unsure": _unsure(report, tiles),
        "unsure_folder": report["run"]["unsure_folder"],
        "lists": _lists(photos, links),
        "chart": chart_view(report, tiles.labels),
        "notes": report["notes"],
        "model": report["run"]["model"],
        "settings": _flat(report["run"]["settings"]),
        "versions": _flat(report["run"]["versions"]),
        "seconds": [(k, f"{v:.1f} s") for k, v in report["run"]["seconds"].items()],
    }


def _room(sizes: Sequence[int]) -> int:
    """How many faces of each person fit on the page: the large ones give way first."""
    rooms = (room for room in (1000, 480, 240, 120, 60, 30) if _tiles(sizes, room) <= FACES_SHOWN)
    return next(rooms, 12)


def _tiles(sizes: Sequence[int], room: int) -> int:
    return sum(min(size, room) for size in sizes)


def _person(person: View, tiles: Tiles, room: int, threshold: float) -> View:
    spread = person["spread"]
    return {
        "id": person["id"],
        "label": tiles.labels[person["id"]],
        "picture": tiles.picture(person["best_face"]),
        "photos": plural(person["photo_count"], "photo"),
        "faces": plural(person["face_count"], "face"),
        "spread": NOTHING if spread is None else f"{spread:.3f}",
        "spread_width": round(100 * min(1.0, spread / threshold)) if spread and threshold else 0,
        "folder": person["folder"],
        "folder_href": tiles.links.own(person["folder"] + "/") if person["folder"] else None,
        "tiles": [tiles.tile(face) for face in person["faces"][:room]],
        "more": max(0, person["face_count"] - room),
    }


def _unsure(report: Mapping[str, Any], tiles: Tiles) -> View:
    """The unsure faces by reason, those nearest to somebody first."""
    groups: defaultdict[str, list[View]] = defaultdict(list)
    for face_id in report["unsure"]:
        groups[report["faces"][face_id]["reason"]].append(report["faces"][face_id])
    count, sections = len(report["unsure"]), []
    for reason, (title, text) in _REASONS.items():
        faces = groups[reason]
        if not faces:
            continue
        faces.sort(key=lambda f: (math.inf if f["distance"] is None else f["distance"], f["id"]))
        room = max(24, UNSURE_SHOWN * len(faces) // count)
        sections.append(
            {
                "title": title,
                "text": text,
                "count": len(faces),
                "tiles": [tiles.tile(face["id"]) for face in faces[:room]],
                "more": max(0, len(faces) - room),
            }
        )
    return {"count": count, "sections": sections}


def _strip(counts: Mapping[str, int], total: int) -> list[View]:
    """The bar that accounts for every photo: shares of its width in ‰."""
    strip, left = [], 0.0
    for status, label in _STATUS.items():
        width = 1000 * counts[status] / max(1, total)
        if counts[status]:
            strip.append(
                {
                    "status": status.replace(" ", "-"),
                    "label": label,
                    "count": counts[status],
                    "x": round(left, 2),
                    "width": round(width, 2),
                }
            )
        left += width
    return strip


def _lists(photos: Mapping[str, list[View]], links: Links) -> list[View]:
    """The photos that are in nobody's folder, as lists of links with a reason each."""
    texts = (
        ("unreadable", "Could not be read", "These files were left out; the rest is complete."),
        ("no face", "No face", "Landscapes, food, backs of heads."),
        ("poor", "Only small or poor faces", "There are faces, but none clear enough to place."),
        ("duplicate", "Duplicates", "The same file twice: one of them stands for both."),
    )
    return [
        {
            "status": status.replace(" ", "-"),
            "title": title,
            "text": text,
            "count": len(photos[status]),
            "lines": [
                {"path": p["path"], "href": links.photo(p["path"]), "reason": p["reason"]}
                for p in photos[status][:LINES_SHOWN]
            ],
            "more": max(0, len(photos[status]) - LINES_SHOWN),
        }
        for status, title, text in texts
        if photos[status]
    ]


def _flat(values: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Nested settings as (dotted name, text) in their own order."""
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{before}{key}.")
        else:
            rows.append((before + str(key), _text(value)))
    return rows


def _text(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value)) or NOTHING
    return str(value)
