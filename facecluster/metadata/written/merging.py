"""Names put into the XMP of others: only what speaks of our faces changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facecluster.metadata import namespaces as ns
from facecluster.metadata.areas import Size, as_stored
from facecluster.metadata.limits import LIMITS
from facecluster.metadata.names import clean
from facecluster.metadata.namespaces import tag
from facecluster.metadata.written import packet
from facecluster.metadata.written.editing import Document
from facecluster.metadata.written.records import NamedBox
from facecluster.metadata.written.regions import Plan, Said, plan
from facecluster.metadata.written.words import set_words
from facecluster.metadata.xmp import microsoft, mwg
from facecluster.metadata.xmp.parsing import RefusedError, parsed
from facecluster.metadata.xmp.tree import descriptions, field, fields, items, text

if TYPE_CHECKING:
    from lxml.etree import _Element

_LISTS: Final = (tag(ns.RDF, "Bag"), tag(ns.RDF, "Seq"), tag(ns.RDF, "Alt"))
_RDF: Final = tag(ns.RDF, "RDF")
_DIMENSIONS: Final = tag(ns.MWG_RS, "AppliedToDimensions")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a schema keeps its regions. field, inner: tags of the property, and of the list in it.
    entry: writes one. spaces: prefixes that it is written with. list_name: as it is written."""

    field: str
    inner: str
    list_name: str
    spaces: tuple[str, ...]
    entry: Callable[[NamedBox, str], str]


_MWG: Final = _Kind(
    tag(ns.MWG_RS, "Regions"),
    tag(ns.MWG_RS, "RegionList"),
    "mwg-rs:RegionList",
    ("rdf", *packet.MWG_SPACES),
    packet.mwg_region,
)
_MP: Final = _Kind(
    tag(ns.MP, "RegionInfo"),
    tag(ns.MPRI, "Regions"),
    "MPRI:Regions",
    ("rdf", *packet.MP_SPACES),
    packet.mp_region,
)


def merged(
    data: bytes, faces: Sequence[NamedBox], ours: Sequence[NamedBox], size: tuple[int, int]
) -> bytes:
    """`data` with the names of `faces`; the same bytes where they are there already.

    faces, ours: as `packet.fit` gives them; ours is what we wrote there before. size: of the stored
    picture in px. Raises RefusedError, whose text says what is wrong with `data`.
    """
    document = Document(data)
    rdf = document.root if document.root.tag == _RDF else document.root.find(_RDF)
    if rdf is None:
        raise RefusedError("it is not XMP")
    said = descriptions(document.root)
    if sum(1 for _ in document.root.iter(tag(ns.RDF, "li"))) > LIMITS.regions * 10:
        raise RefusedError("it has more entries than any program writes")
    kept: set[str] = set()  # people whom regions of others name
    new = _mwg(document, said, faces, ours, size, kept)
    new += _microsoft(document, said, faces, ours, kept)
    gone = [face for face in ours if face.name not in kept]
    new = set_words(document, said, packet.keywords(faces), packet.keywords(gone)) + new
    if new:
        about = next((_about(d) for d in said), "")
        document.append(rdf, [packet.description(about, new, dict(rdf.nsmap))])
    result = document.bytes()
    if result != data:
        parsed(result)
    return result


def _about(element: _Element) -> str:
    return str(element.get(tag(ns.RDF, "about")) or element.get("about") or "")


def _mwg(
    document: Document,
    said: list[_Element],
    faces: Sequence[NamedBox],
    ours: Sequence[NamedBox],
    size: tuple[int, int],
    kept: set[str],
) -> list[str]:
    """The regions of MWG; gives the field where there is none yet."""
    entries = _entries(said, _MWG)
    drawn_on = _drawn_on(said, size)
    if drawn_on is None and entries:
        raise RefusedError("its regions were drawn on a picture of another shape")
    there = [_mwg_region(entry, drawn_on or size) for entry in entries]
    steps = plan(there, faces, ours)
    kept.update(_kept(there, steps))
    outer = _change(document, said, _MWG, entries, steps)
    if outer is None:
        return [packet.mwg_field(steps.new, size)] if steps.new else []
    if not entries and steps.new:
        _set_dimensions(document, outer, size)
    return []


def _microsoft(
    document: Document,
    said: list[_Element],
    faces: Sequence[NamedBox],
    ours: Sequence[NamedBox],
    kept: set[str],
) -> list[str]:
    """Microsoft's regions; gives the field where there is none yet."""
    entries = _entries(said, _MP)
    there = [
        (
            clean(text(field(entry, tag(ns.MPREG, "PersonDisplayName")))),
            microsoft.rectangle(text(field(entry, tag(ns.MPREG, "Rectangle")))),
        )
        for entry in entries
    ]
    steps = plan(there, faces, ours)
    kept.update(_kept(there, steps))
    outer = _change(document, said, _MP, entries, steps)
    return [packet.mp_field(steps.new)] if outer is None and steps.new else []


def _kept(there: Sequence[Said], steps: Plan) -> set[str]:
    away = steps.removed | steps.replaced.keys()
    return {name for row, (name, _) in enumerate(there) if name and row not in away}


def _entries(said: list[_Element], kind: _Kind) -> list[_Element]:
    """The entries of all lists of a kind. Raises RefusedError for what is no list."""
    found = []
    for outer in (value for d in said for value in fields(d, kind.field)):
        for inner in fields(outer, kind.inner):
            entries = [entry for entry in items(inner) if not isinstance(entry, str)]
            if isinstance(inner, str) or inner in entries:
                raise RefusedError("its list of regions is not one")
            found += entries
    return found


def _change(
    document: Document, said: list[_Element], kind: _Kind, entries: list[_Element], steps: Plan
) -> _Element | None:
    """Do what was planned; gives the field, None where there is none, so that it is to be made."""
    for row, face in steps.replaced.items():
        declared = packet.declarations(kind.spaces, _known(entries[row].getparent()))
        document.replace(entries[row], kind.entry(face, declared))
    for row in steps.removed:
        document.remove(entries[row])
    values = [value for d in said for value in fields(d, kind.field)]
    if not values:
        return None
    outer = values[0]
    if isinstance(outer, str):
        raise RefusedError("its regions are no structure")
    if steps.new:
        _add(document, outer, kind, steps.new)
    return outer


def _add(document: Document, outer: _Element, kind: _Kind, faces: Sequence[NamedBox]) -> None:
    """New entries at the end of the list, which is made where it is missing."""
    inner = field(outer, kind.inner)
    place = outer if isinstance(inner, str) else inner
    container = next(place.iterchildren(*_LISTS), None) if place is not outer else None
    if container is not None:
        declared = packet.declarations(kind.spaces, _known(container))
        document.append(container, [kind.entry(face, declared) for face in faces])
        return
    declared = packet.declarations(kind.spaces, _known(place))
    bag = f"<rdf:Bag{declared}>" + "".join(kind.entry(face, "") for face in faces) + "</rdf:Bag>"
    if place is outer:
        holder = next(outer.iterchildren(tag(ns.RDF, "Description")), outer)
        declared = packet.declarations(kind.spaces, _known(holder))
        document.append(holder, [f"<{kind.list_name}{declared}>{bag}</{kind.list_name}>"])
    else:
        document.append(place, [bag])


def _set_dimensions(document: Document, outer: _Element, size: tuple[int, int]) -> None:
    """Say which picture the regions are of, where no other ones are in the list."""
    old = field(outer, _DIMENSIONS)
    if not isinstance(old, str):
        declared = packet.declarations(("rdf", "mwg-rs", "stDim"), _known(old.getparent()))
        document.replace(old, packet.dimensions(size, declared))
        return
    inner = field(outer, _MWG.inner)
    if not isinstance(inner, str):
        declared = packet.declarations(("rdf", "mwg-rs", "stDim"), _known(inner.getparent()))
        document.insert_before(inner, packet.dimensions(size, declared))


def _drawn_on(said: list[_Element], size: tuple[int, int]) -> Size | None:
    """The picture of all lists of regions; None where one is of another shape."""
    drawn_on: Size = size
    for regions in (value for d in said for value in fields(d, _MWG.field)):
        found = as_stored(mwg.applied_to(regions, mwg.MWG), size)
        if found is None:
            return None
        drawn_on = found
    return drawn_on


def _mwg_region(entry: _Element, drawn_on: Size) -> Said:
    kind = text(field(entry, tag(ns.MWG_RS, "Type"))).strip().lower()
    if kind not in mwg.PEOPLE:
        return None, None
    name = clean(text(field(entry, tag(ns.MWG_RS, "Name"))))
    return name, mwg.area_of(entry, drawn_on, mwg.MWG)


def _known(element: _Element | None) -> dict[str | None, str]:
    return {} if element is None else dict(element.nsmap)
