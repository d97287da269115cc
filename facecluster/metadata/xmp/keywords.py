"""People in a photo whose place is not said: PersonInImage, and keywords below People.

A flat keyword (dc:subject) may be anything and is no person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facecluster.metadata import namespaces as ns
from facecluster.metadata.names import clean
from facecluster.metadata.namespaces import tag
from facecluster.metadata.xmp.tree import fields, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_TREES: Final = (
    (tag(ns.DIGIKAM, "TagsList"), "/"),
    (tag(ns.DIGIKAM_BEFORE, "TagsList"), "/"),
    (tag(ns.LR, "hierarchicalSubject"), "|"),
)
_PEOPLE: Final = "people"
_DEPTH: Final = 50  # levels of groups that are looked at


def read_names(descriptions: list[_Element]) -> list[str]:
    """Names of an XMP packet, clean; one may be there several times."""
    people = tag(ns.IPTC_EXT, "PersonInImage")
    names = _all(descriptions, people)
    for place, apart in _TREES:
        names += _below_people([path.split(apart) for path in _all(descriptions, place)])
    return [name for name in map(clean, names) if name]


def _all(descriptions: list[_Element], name: str) -> list[str]:
    return [word for d in descriptions for value in fields(d, name) for word in texts(value)]


def _below_people(paths: list[list[str]]) -> list[str]:
    """The last part of each path below People, but for those that other paths go on from."""
    tidy = [tuple(part.strip() for part in path) for path in paths]
    below = [path for path in tidy if len(path) > 1 and path[0].lower() == _PEOPLE]
    alike = [tuple(part.lower() for part in path) for path in below]
    groups = {path[:length] for path in alike for length in range(1, min(len(path), _DEPTH))}
    return [path[-1] for path, key in zip(below, alike, strict=True) if key not in groups]
