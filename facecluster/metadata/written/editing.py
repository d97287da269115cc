"""An XMP document of others, changed at single places: all other bytes stay as they are."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from facecluster.metadata.namespaces import MWG_RS, RDF, tag
from facecluster.metadata.xmp.parsing import RefusedError, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
_ASIDE: Final = "\ufeff\0 \t\r\n"
_TAG: Final = re.compile(rb"<([^\s/>]+)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_END: Final = re.compile(rb"</[^>]*>")
_SPACE: Final = b" \t\r\n"
_EMPTY_TOO: Final = frozenset({tag(RDF, "about"), "about", tag(RDF, "parseType")})
_SIZE: Final = tag(MWG_RS, "AppliedToDimensions")


class Document:
    """The elements, as `root` has them, and where each is in the bytes.

    Raises RefusedError for what is no XML that is to be believed.
    """

    def __init__(self, data: bytes) -> None:
        self.root = parsed(data)
        self._encoding, text = _decoded(data)
        body = text.strip(_ASIDE)
        at = text.index(body)
        self._around = text[:at], text[at + len(body) :]
        self._body = body.encode()
        elements, places = list(self.root.iter("*")), _places(self._body)
        if len(elements) != len(places):
            raise RefusedError("its elements cannot be told apart")
        self._places = dict(zip(elements, places, strict=True))
        self._edits: list[tuple[int, int, bytes]] = []
        self._removed: set[_Element] = set()
        self._grown: set[_Element] = set()

    def replace(self, element: _Element, text: str) -> None:
        """Have `text` in the place of an element."""
        self._edits.append((*self._places[element], text.encode()))
        self._grown.add(_above(element))

    def remove(self, element: _Element) -> None:
        """Take an element away, and what holds nothing else then."""
        self._removed.add(element)

    def insert_before(self, element: _Element, text: str) -> None:
        """Put `text` before an element."""
        start = self._places[element][0]
        space = self._body[self._back(start) : start]
        self._edits.append((start, start, text.encode() + space))
        self._grown.add(_above(element))

    def append(self, element: _Element, texts: list[str]) -> None:
        """Add elements at the end of one; once for each."""
        if not texts:
            return
        self._grown.add(element)
        start, end = self._places[element]
        head = _TAG.match(self._body, start)
        if head is None:
            raise RefusedError("its elements cannot be told apart")
        if head.end() == end:  # <a/>
            name = head[1].decode()
            slash = self._body.rindex(b"/", start, end)
            inner = ">" + "".join(texts) + f"</{name}>"
            self._edits.append((slash, end, inner.encode()))
            return
        inside = list(element.iterchildren("*"))
        if inside:
            first, at = self._places[inside[-1]]
            space = self._body[self._back(first) : first]
            added = b"".join(space + text.encode() for text in texts)
        else:
            at, added = head.end(), "".join(texts).encode()
        self._edits.append((at, at, added))

    def bytes(self) -> bytes:
        """The document with all changes."""
        edits = self._edits + [
            (self._back(start), end, b"")
            for start, end in (self._places[element] for element in self._outermost())
        ]
        pieces, last = [], 0
        for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
            pieces += [self._body[last:start], text]
            last = max(last, end)
        body = b"".join([*pieces, self._body[last:]]).decode()
        whole = self._around[0] + body + self._around[1]
        return whole.encode(self._encoding, "xmlcharrefreplace")

    def _back(self, start: int) -> int:
        """Where the white space before an element begins."""
        while start > 0 and self._body[start - 1] in _SPACE:
            start -= 1
        return start

    def _outermost(self) -> list[_Element]:
        """What is taken away: an element that is left empty goes as a whole."""
        waiting, outermost = list(self._removed), set(self._removed)
        while waiting:
            parent = waiting.pop().getparent()
            if parent is not None and parent not in outermost and self._hollow(parent, outermost):
                outermost.add(parent)
                waiting.append(parent)
        return [element for element in outermost if element.getparent() not in outermost]

    def _hollow(self, element: _Element, removed: set[_Element]) -> bool:
        if element in self._grown or element.tag == tag(RDF, "RDF") or element is self.root:
            return False
        if not _EMPTY_TOO.issuperset(element.attrib):
            return False
        rest = [child for child in element if child not in removed]
        said = (element.text, *(child.tail for child in element))
        return all(child.tag == _SIZE for child in rest) and not any(
            (t or "").strip() for t in said
        )


def _above(element: _Element) -> _Element:
    parent = element.getparent()
    return element if parent is None else parent


def _decoded(data: bytes) -> tuple[str, str]:
    """The encoding, and the text, which gives the same bytes when it is encoded again."""
    told = _ENCODING.match(data.removeprefix(codecs.BOM_UTF8))
    encoding = told[1].decode() if told else "utf-8"
    if data.startswith((b"\xff\xfe", b"<\0")):
        encoding = "utf-16-le"
    elif data.startswith((b"\xfe\xff", b"\0<")):
        encoding = "utf-16-be"
    elif data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8"
    try:
        text = data.decode(encoding)
        if text.encode(encoding) == data:
            return encoding, text
    except (ValueError, LookupError):
        pass
    raise RefusedError(f"its text is not {encoding}")


def _places(body: bytes) -> list[tuple[int, int]]:
    """Where each element starts and ends, in bytes, in the order of their starts."""
    places: list[tuple[int, int]] = []
    unfinished: list[int] = []
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, _attributes: dict[str, str]) -> None:
        unfinished.append(len(places))
        places.append((parser.CurrentByteIndex, -1))

    def end(_name: str) -> None:
        own = unfinished.pop()
        begin = places[own][0]
        closing = _TAG.match(body, begin)
        if closing is None or not closing[0].endswith(b"/>"):
            closing = _END.match(body, parser.CurrentByteIndex)
        places[own] = begin, closing.end() if closing else begin

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise RefusedError(f"it is not XML ({error})") from None
    return places
