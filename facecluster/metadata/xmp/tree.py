"""The few shapes of RDF that XMP is written in, read alike.

A field is an attribute or an element; a structure has its fields on itself or on an rdf:Description
inside; a list is an rdf:Bag, Seq or Alt, or a single value without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from facecluster.metadata.namespaces import RDF, tag

if TYPE_CHECKING:
    from lxml.etree import _Element

_DESCRIPTION: Final = tag(RDF, "Description")
_LISTS: Final = frozenset({tag(RDF, "Bag"), tag(RDF, "Seq"), tag(RDF, "Alt")})
_ITEM: Final = tag(RDF, "li")
_VALUE: Final = tag(RDF, "value")
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def descriptions(root: _Element) -> list[_Element]:
    """What is said of the photo: the rdf:Description right inside each rdf:RDF."""
    found = [root] if root.tag == tag(RDF, "RDF") else list(root.iterchildren(tag(RDF, "RDF")))
    return [d for rdf in found for d in rdf.iterchildren(_DESCRIPTION)]


def fields(node: _Element | str, name: str) -> Iterator[_Element | str]:
    """Each value of the field `name` of a structure."""
    if isinstance(node, str):
        return
    for holder in (node, *node.iterchildren(_DESCRIPTION)):
        value = holder.get(name)
        if value is not None:
            yield str(value)
        yield from holder.iterchildren(name)


def field(node: _Element | str, name: str) -> _Element | str:
    """The first value of a field; empty text where there is none."""
    return next(fields(node, name), "")


def items(node: _Element | str) -> list[_Element | str]:
    """The entries of a list. A value without a container is a list of one, if it is not empty."""
    if isinstance(node, str):
        return [node] if node else []
    for child in node.iterchildren(*_LISTS):
        return list(child.iterchildren(_ITEM))
    return [node] if len(node) or (node.text or "").strip() or node.attrib else []


def text(node: _Element | str) -> str:
    """A text, of several languages the one that stands for all."""
    if isinstance(node, str):
        return node
    entries = [entry for entry in items(node) if entry is not node]
    if entries:
        usual = (e for e in entries if not isinstance(e, str) and e.get(_LANGUAGE) == "x-default")
        return text(next(usual, entries[0]))
    inner = field(node, _VALUE)
    if not isinstance(inner, str) or inner:
        return text(inner)
    return "".join((node.text or "", *(child.tail or "" for child in node)))  # about comments


def texts(node: _Element | str) -> list[str]:
    """The entries of a list of texts."""
    return [text(item) for item in items(node)]
