"""Image regions of the IPTC Photo Metadata Standard 2019.1: rectangles, circles and polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facecluster.identity import Box
from facecluster.metadata import namespaces as ns
from facecluster.metadata.areas import Size, about, box, number
from facecluster.metadata.names import clean
from facecluster.metadata.namespaces import tag
from facecluster.metadata.records import Region
from facecluster.metadata.xmp.tree import field, fields, items, text, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_TYPES: Final = "/imageregiontype/"  # IPTC NewsCodes: what a region shows
_PERSON: Final = "human"
_ROLES: Final = "/imageregionrole/"  # what a region is for
_CUT: Final = "cropping"


def read_regions(descriptions: list[_Element], stored: Size) -> list[Region]:
    """Regions of an XMP packet that may be faces. stored: the size of the stored picture in px."""
    lists = (r for d in descriptions for r in fields(d, tag(ns.IPTC_EXT, "ImageRegion")))
    entries = (item for regions in lists for item in items(regions))
    return [
        Region(_name(entry), _boundary(_of(entry, "RegionBoundary"), stored), "IPTC")
        for entry in entries
        if not _shows_something_else(entry)
    ]


def _of(node: _Element | str, name: str) -> _Element | str:
    return field(node, tag(ns.IPTC_EXT, name))


def _name(entry: _Element | str) -> str | None:
    """What the region is called, or the one person who is in it."""
    if name := clean(text(_of(entry, "Name"))):
        return name
    people = texts(_of(entry, "PersonInImage"))
    return clean(people[0]) if len(people) == 1 else None


def _shows_something_else(entry: _Element | str) -> bool:
    """Whether the standard's own words say that it is no person, or a proposal where to crop."""
    types = [word for word in _words(entry, "rCtype") if _TYPES in word]
    roles = [word for word in _words(entry, "rRole") if _ROLES in word]
    other = bool(types) and not any(word.endswith(_PERSON) for word in types)
    return other or any(_CUT in word for word in roles)


def _words(entry: _Element | str, name: str) -> list[str]:
    """The identifiers of the terms of a list of terms."""
    terms = items(_of(entry, name))
    return [word.lower() for t in terms for word in texts(field(t, tag(ns.XMP, "Identifier")))]


def _boundary(area: _Element | str, stored: Size) -> Box | None:
    """The box about the shape."""
    unit = text(_of(area, "rbUnit")).strip().lower()
    width, height = stored if unit == "pixel" else (1.0, 1.0)
    if min(width, height) <= 0 or min(stored) <= 0:
        return None
    shape = text(_of(area, "rbShape")).strip().lower()
    if shape == "polygon":
        return _about_all(items(_of(area, "rbVertices")), (width, height))
    x, y = _numbers(area, (width, height), "rbX", "rbY")
    if shape == "circle":
        # The radius is a share of the width, also up and down.
        radius = number(text(_of(area, "rbRx")))
        if radius is None:
            return None
        across = radius / width
        return about((x, y), (2 * across, 2 * across * stored[0] / stored[1]))
    w, h = _numbers(area, (width, height), "rbW", "rbH")
    return None if x is None or y is None or w is None or h is None else box(x, y, w, h)


def _numbers(
    node: _Element | str, size: Size, first: str, second: str
) -> tuple[float | None, float | None]:
    x, y = number(text(_of(node, first))), number(text(_of(node, second)))
    return None if x is None else x / size[0], None if y is None else y / size[1]


def _about_all(corners: list[_Element | str], size: Size) -> Box | None:
    points = [_numbers(corner, size, "rbX", "rbY") for corner in corners]
    across = [x for x, _ in points if x is not None]
    down = [y for _, y in points if y is not None]
    if len(across) < 3 or len(across) != len(points) or len(down) != len(points):
        return None
    return box(min(across), min(down), max(across) - min(across), max(down) - min(down))
