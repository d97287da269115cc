"""Regions of the Metadata Working Group (Guidelines for Handling Image Metadata 2.0), and ACDSee's.

Areas are the middle and size of the face in the stored picture. Lightroom gives no unit, and the
size of the displayed picture. `Rotation` says how the head lies and does not turn the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facecluster.identity import Box
from facecluster.metadata import namespaces as ns
from facecluster.metadata.areas import Size, about, as_stored, number
from facecluster.metadata.names import clean
from facecluster.metadata.namespaces import tag
from facecluster.metadata.records import Region
from facecluster.metadata.xmp.tree import field, fields, items, text

if TYPE_CHECKING:
    from lxml.etree import _Element

_PIXELS: Final = frozenset({"pixel", "pixels"})
PEOPLE: Final = frozenset({"", "face", "person"})  # other types are pets, codes, focus points


@dataclass(frozen=True, slots=True)
class Schema:
    """How a program calls the parts. areas: the fields that hold an area, the best first."""

    source: str
    regions: str
    area: str
    size: str
    areas: tuple[str, ...]


MWG: Final = Schema("MWG", ns.MWG_RS, ns.ST_AREA, ns.ST_DIM, ("Area",))
# What was drawn by hand wins over what was found.
ACDSEE: Final = Schema(
    "ACDSee", ns.ACDSEE_RS, ns.ACDSEE_AREA, ns.ACDSEE_DIM, ("DLYArea", "ALGArea")
)


def read_regions(
    descriptions: list[_Element], stored: Size, schema: Schema
) -> tuple[list[Region], bool]:
    """Faces of an XMP packet, and whether any were drawn on a picture of another shape.

    stored: the size of the stored picture in px. Areas of another shape are not taken.
    """
    found: list[Region] = []
    stale = False
    lists = (r for d in descriptions for r in fields(d, tag(schema.regions, "Regions")))
    for regions in lists:
        drawn_on = as_stored(applied_to(regions, schema), stored)
        stale = stale or drawn_on is None
        for item in items(field(regions, tag(schema.regions, "RegionList"))):
            if text(field(item, tag(schema.regions, "Type"))).strip().lower() not in PEOPLE:
                continue
            name = clean(text(field(item, tag(schema.regions, "Name"))))
            box = None if drawn_on is None else area_of(item, drawn_on, schema)
            found.append(Region(name, box, schema.source))
    return found, stale


def applied_to(regions: _Element | str, schema: Schema) -> Size | None:
    """The size of the picture that the regions were drawn on, None where it is not said."""
    dimensions = field(regions, tag(schema.regions, "AppliedToDimensions"))
    width, height = (number(text(field(dimensions, tag(schema.size, side)))) for side in "wh")
    return (width, height) if width and height and width > 0 and height > 0 else None


def area_of(item: _Element | str, drawn_on: Size, schema: Schema) -> Box | None:
    """The first area that can be used."""
    for name in schema.areas:
        area = field(item, tag(schema.regions, name))
        x, y, w, h, d = (number(text(field(area, tag(schema.area, key)))) for key in "xywhd")
        pixels = text(field(area, tag(schema.area, "unit"))).strip().lower() in _PIXELS
        if min(drawn_on) <= 0:
            return None
        width, height = drawn_on if pixels else (1.0, 1.0)
        if d is not None and w is None and h is None:
            # A circle; its diameter is a share of the shorter side where it is no pixels.
            w, h = (d, d) if pixels else (d * min(drawn_on) / side for side in drawn_on)
        box = about((_share(x, width), _share(y, height)), (_share(w, width), _share(h, height)))
        if box is not None:
            return box
    return None


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None else part / whole
