"""Faces and people as the page shows them, wherever on the page that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facecluster.output.doubts import DOUBTED
from facecluster.output.page.text import Links, in_percent

View = dict[str, Any]


class Tiles:
    """One view a face: its picture, its photo, and what a screen reader says."""

    def __init__(self, report: Mapping[str, Any], links: Links) -> None:
        self.faces = report["faces"]
        self.photos = {photo["path"]: photo for photo in report["photos"]}
        self.people = {person["id"]: person for person in report["people"]}
        self.labels = {i: p["name"] or f"Person {i}" for i, p in self.people.items()}
        self.links = links

    def tile(self, face_id: int) -> View:
        face = self.faces[face_id]
        photo = self.photos[face["photo"]]
        away = "" if face["distance"] is None else f" · distance {face['distance']:.3f}"
        chance = face["confidence"]
        sure = "" if chance is None else f" · {in_percent(chance)} sure"
        nearest = self.people.get(face["nearest"])
        return {
            "picture": self.picture(face_id),
            "photo": face["photo"],
            "href": self.links.photo(face["photo"]),
            "facts": f"quality {face['quality']:.2f}{away}{sure}",
            "doubted": doubted(face),
            "box": _box_percent(face["box"], photo["width"], photo["height"]),
            "nearest": nearest and self.labels[nearest["id"]],
            "nearest_id": nearest and nearest["id"],
            "nearest_picture": nearest and self.picture(nearest["best_face"]),
            "distance": face["distance"],
        }

    def picture(self, face_id: int) -> str | None:
        thumbnail = self.faces[face_id]["thumbnail"]
        return self.links.own(thumbnail) if thumbnail else None


def _box_percent(box: list[float], width: int, height: int) -> str:
    """A face box in % of its photo, for drawing it over the photo at any size."""
    if not (width and height):
        return ""
    x, y, w, h = box
    return " ".join(
        f"{100 * v / side:.2f}" for v, side in ((x, width), (y, height), (w, width), (h, height))
    )


def doubted(face: Mapping[str, Any]) -> bool:
    """Whether a face of the report is more likely not of the person that it was placed with."""
    return face["confidence"] is not None and face["confidence"] < DOUBTED
