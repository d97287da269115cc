"""Regions of Microsoft Photo (People Tagging): top left corner and size, of the stored picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facecluster.identity import Box
from facecluster.metadata import namespaces as ns
from facecluster.metadata.areas import box, number
from facecluster.metadata.names import clean
from facecluster.metadata.namespaces import tag
from facecluster.metadata.records import Region
from facecluster.metadata.xmp.tree import field, fields, items, text

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_regions(descriptions: list[_Element]) -> list[Region]:
    """Faces of an XMP packet; people without a rectangle have none in Region either."""
    infos = (info for d in descriptions for info in fields(d, tag(ns.MP, "RegionInfo")))
    entries = (item for info in infos for item in items(field(info, tag(ns.MPRI, "Regions"))))
    return [_region(entry) for entry in entries]


def _region(entry: _Element | str) -> Region:
    name = clean(text(field(entry, tag(ns.MPREG, "PersonDisplayName"))))
    return Region(name, rectangle(text(field(entry, tag(ns.MPREG, "Rectangle")))), "MP")


def rectangle(text: str) -> Box | None:
    """The box of `x, y, width, height`."""
    numbers = [n for n in map(number, text.split(",", 5)) if n is not None]
    if len(numbers) != 4 or text.count(",") != 3:
        return None
    x, y, width, height = numbers
    return box(x, y, width, height)
