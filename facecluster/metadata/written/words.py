"""Keywords of people in the XMP of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from facecluster.metadata import namespaces as ns
from facecluster.metadata.namespaces import tag
from facecluster.metadata.written import packet
from facecluster.metadata.written.editing import Document
from facecluster.metadata.xmp.tree import fields, items, text

if TYPE_CHECKING:
    from lxml.etree import _Element

_LISTS: Final = (tag(ns.RDF, "Bag"), tag(ns.RDF, "Seq"), tag(ns.RDF, "Alt"))
_PEOPLE: Final = "People"


def set_words(
    document: Document,
    said: list[_Element],
    words: Mapping[str, Sequence[str]],
    ours: Mapping[str, Sequence[str]],
) -> list[str]:
    """Have these words in their fields; gives the fields that are to be made.

    ours: what we wrote before; of it goes what is not among `words`. A field that is no list, such
    as an attribute, is left alone.
    """
    new = []
    for name in {**words, **ours}:
        wanted = list(words.get(name, ()))
        gone = set(ours.get(name, ())).difference(wanted)
        values = [value for d in said for value in fields(d, _tag(name))]
        lists = [
            child for v in values if not isinstance(v, str) for child in v.iterchildren(*_LISTS)
        ]
        entries = [entry for each in lists for entry in each.iterchildren(tag(ns.RDF, "li"))]
        there = [text(entry).strip() for entry in entries]
        for entry, word in zip(entries, there, strict=True):
            if word in gone:
                document.remove(entry)
        missing = [word for word in wanted if not _has(there, word)]
        if not missing:
            continue
        if lists:
            declared = packet.declarations(("rdf",), dict(lists[0].nsmap))
            document.append(lists[0], [packet.keyword(word, declared) for word in missing])
        elif not values:
            new.append(packet.keyword_field(name, missing))
        elif not isinstance(values[0], str) and not items(values[0]):
            declared = packet.declarations(("rdf",), dict(values[0].nsmap))
            document.append(values[0], [packet.keyword_list(name, missing, declared)])
    return new


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return tag(ns.PREFIXES[prefix], local)


def _has(there: Sequence[str], word: str) -> bool:
    """Whether a word is there; a person may be anywhere below People, as in People/Family/Anna."""
    if word in there:
        return True
    if word[: len(_PEOPLE) + 1] not in (f"{_PEOPLE}/", f"{_PEOPLE}|"):
        return False
    apart, name = word[len(_PEOPLE)], word[len(_PEOPLE) + 1 :]
    paths = (other.split(apart) for other in there)
    return any(path[0].strip() == _PEOPLE and path[-1].strip() == name for path in paths)
