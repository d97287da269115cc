"""What is written, as XMP text: entries of each kind, fields that hold them, and a new sidecar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from facecluster.identity import Box
from facecluster.metadata import namespaces as ns
from facecluster.metadata.names import clean
from facecluster.metadata.written.records import NamedBox

# What XML 1.0 cannot hold, however it is escaped, and the line ends that it would change.
_UNFIT = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
"""
_TAIL = "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end='w'?>\n"
MWG_SPACES: Final = ("mwg-rs", "stArea")
MP_SPACES: Final = ("MP", "MPRI", "MPReg")


def fit(faces: Iterable[NamedBox]) -> list[NamedBox]:
    """Faces with their names as XML can hold them; without those of which nothing is left."""
    tidy = ((_UNFIT.sub("", clean(face.name) or "").strip(), face.box) for face in faces)
    return [NamedBox(name, box) for name, box in tidy if name]


def new_packet(faces: Sequence[NamedBox], size: tuple[int, int]) -> bytes | None:
    """The packet in UTF-8, None where no face has a name that XML can hold.

    size: width and height of the stored picture in px. Equal input gives equal bytes.
    """
    faces = fit(faces)
    if not faces:
        return None
    fields = [keyword_field(name, words) for name, words in keywords(faces).items()]
    fields += [mp_field(faces), mwg_field(faces, size)]
    return (_HEAD + description("", fields, {"rdf": ns.RDF}) + "\n" + _TAIL).encode()


def keywords(faces: Iterable[NamedBox]) -> dict[str, list[str]]:
    """Which words stand for the people, by the field that holds them; fields without are left out.

    A name that holds the separator of a tree of keywords would become a branch of its own.
    """
    names = sorted({face.name for face in faces})
    words = {
        "Iptc4xmpExt:PersonInImage": names,
        "dc:subject": names,
        "digiKam:TagsList": [f"People/{name}" for name in names if "/" not in name],
        "lr:hierarchicalSubject": [f"People|{name}" for name in names if "|" not in name],
    }
    return {field: some for field, some in words.items() if some}


def description(about: str, fields: Iterable[str], known: Mapping[str | None, str]) -> str:
    """Fields in an rdf:Description that declares their namespaces, where `known` ones hold."""
    body = "".join(fields)
    used = [prefix for prefix in ns.PREFIXES if f"<{prefix}:" in body]
    start = f"<rdf:Description rdf:about={quoteattr(about)}"
    return f"{start}{declarations(used, known)}>\n{body}</rdf:Description>"


def declarations(prefixes: Iterable[str], known: Mapping[str | None, str]) -> str:
    """The namespaces that an element must declare where `known` ones hold."""
    spaces = ((prefix, ns.PREFIXES[prefix]) for prefix in prefixes)
    return "".join(f" xmlns:{p}='{space}'" for p, space in spaces if known.get(p) != space)


def keyword_field(field: str, words: Iterable[str]) -> str:
    """A field with a list of words."""
    return f"<{field}>\n{keyword_list(field, words)}</{field}>\n"


def keyword_list(field: str, words: Iterable[str], declared: str = "") -> str:
    """The list alone. declared: namespaces that it has to declare."""
    container = "Seq" if field == "digiKam:TagsList" else "Bag"
    items = "".join(f"  {keyword(word)}\n" for word in words)
    return f" <rdf:{container}{declared}>\n{items} </rdf:{container}>\n"


def keyword(word: str, declared: str = "") -> str:
    """One word of a list."""
    return f"<rdf:li{declared}>{escape(word)}</rdf:li>"


def mp_field(faces: Iterable[NamedBox]) -> str:
    """Microsoft's regions."""
    items = "".join(f"  {mp_region(face)}\n" for face in faces)
    return (
        "<MP:RegionInfo rdf:parseType='Resource'>\n <MPRI:Regions>\n <rdf:Bag>\n"
        f"{items} </rdf:Bag>\n </MPRI:Regions>\n</MP:RegionInfo>\n"
    )


def mp_region(face: NamedBox, declared: str = "") -> str:
    """One of Microsoft's regions, as an entry of its list."""
    rectangle = ", ".join(f"{value:.6f}" for value in face.box)
    return (
        f"<rdf:li{declared} rdf:parseType='Resource'>"
        f"<MPReg:PersonDisplayName>{escape(face.name)}</MPReg:PersonDisplayName>"
        f"<MPReg:Rectangle>{rectangle}</MPReg:Rectangle></rdf:li>"
    )


def mwg_field(faces: Iterable[NamedBox], size: tuple[int, int]) -> str:
    """The regions of MWG, and the picture that they are of."""
    items = "".join(f"  {mwg_region(face)}\n" for face in faces)
    return (
        f"<mwg-rs:Regions rdf:parseType='Resource'>\n {dimensions(size)}\n"
        f" <mwg-rs:RegionList>\n <rdf:Bag>\n{items} </rdf:Bag>\n </mwg-rs:RegionList>\n"
        "</mwg-rs:Regions>\n"
    )


def dimensions(size: tuple[int, int], declared: str = "") -> str:
    """The size of the stored picture in px, as MWG has it."""
    return (
        f"<mwg-rs:AppliedToDimensions{declared} rdf:parseType='Resource'>"
        f"<stDim:w>{size[0]}</stDim:w><stDim:h>{size[1]}</stDim:h>"
        "<stDim:unit>pixel</stDim:unit></mwg-rs:AppliedToDimensions>"
    )


def mwg_region(face: NamedBox, declared: str = "") -> str:
    """One region of MWG, as an entry of its list."""
    return (
        f"<rdf:li{declared} rdf:parseType='Resource'>"
        f"<mwg-rs:Area rdf:parseType='Resource'>{_area(face.box)}</mwg-rs:Area>"
        f"<mwg-rs:Name>{escape(face.name)}</mwg-rs:Name>"
        "<mwg-rs:Type>Face</mwg-rs:Type></rdf:li>"
    )


def _area(box: Box) -> str:
    """MWG has the centre of a face where we have its corner."""
    x, y, width, height = box
    values = {"x": x + width / 2, "y": y + height / 2, "w": width, "h": height}
    numbers = "".join(f"<stArea:{key}>{value:.6f}</stArea:{key}>" for key, value in values.items())
    return f"{numbers}<stArea:unit>normalized</stArea:unit>"
