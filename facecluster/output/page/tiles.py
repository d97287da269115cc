"""Faces and people as the page shows them, wherever on the page that is."""

from __future__ import annotations

from dataclasses import dataclass

from facecluster.output.page.text import Links, in_percent, show
from facecluster.report.doubts import DOUBTED
from facecluster.report.records import Face, Report


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tile:
    """One face. picture: the address of its thumbnail, None without one; href: of its photo.

    facts: what is known of it, in a few words. doubted: whether it bears a question mark. box:
    where it is in the photo, in %. nearest…: the person whose centre is nearest, `distance` away.
    """

    picture: str | None
    photo: str
    href: str
    facts: str
    doubted: bool
    box: str
    nearest: str | None
    nearest_id: int | None
    nearest_picture: str | None
    distance: float | None


class Tiles:
    """Makes the tile of any face of a report; knows its people by id, and what to call them."""

    def __init__(self, report: Report, links: Links) -> None:
        self.faces = report.faces
        self.photos = {photo.path: photo for photo in report.photos}
        self.people = {person.id: person for person in report.people}
        self.labels = {i: person.name or f"Person {i}" for i, person in self.people.items()}
        self.links = links

    def tile(self, face_id: int) -> Tile:
        face = self.faces[face_id]
        photo = self.photos[face.photo]
        away = "" if face.distance is None else f" · distance {face.distance:.3f}"
        sure = "" if face.confidence is None else f" · {in_percent(face.confidence)} sure"
        copy = f" · copy of {show(photo.copy_of)}" if photo.copy_of else ""
        near = None if face.nearest is None else self.people[face.nearest]
        return Tile(
            picture=self.picture(face_id),
            photo=face.photo,
            href=self.links.photo(face.photo),
            facts=f"quality {face.quality:.2f}{away}{sure}{copy}",
            doubted=doubted(face),
            box=_box_percent(face.box, photo.width, photo.height),
            nearest=None if near is None else self.labels[near.id],
            nearest_id=None if near is None else near.id,
            nearest_picture=None if near is None else self.picture(near.best_face),
            distance=face.distance,
        )

    def picture(self, face_id: int) -> str | None:
        """The address of a face's thumbnail, None where there is none."""
        thumbnail = self.faces[face_id].thumbnail
        return self.links.own(thumbnail) if thumbnail else None


def _box_percent(box: tuple[float, float, float, float], width: int, height: int) -> str:
    """A face box in % of its photo, for drawing it over the photo at any size."""
    if not (width and height):
        return ""
    x, y, w, h = box
    return " ".join(
        f"{100 * v / side:.2f}" for v, side in ((x, width), (y, height), (w, width), (h, height))
    )


def doubted(face: Face) -> bool:
    """Whether a face is more likely not of the person that it was placed with."""
    return face.confidence is not None and face.confidence < DOUBTED
