"""The XMP packet of a new sidecar: regions as MWG and Microsoft have them, and keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from facecluster.identity import Box
from facecluster.metadata.written.records import NamedBox

# What XML 1.0 cannot hold, however it is escaped, and the line ends that it would change.
_UNFIT = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about=''
  xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'
  xmlns:MP='http://ns.microsoft.com/photo/1.2/'
  xmlns:MPRI='http://ns.microsoft.com/photo/1.2/t/RegionInfo#'
  xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#'
  xmlns:dc='http://purl.org/dc/elements/1.1/'
  xmlns:digiKam='http://www.digikam.org/ns/1.0/'
  xmlns:lr='http://ns.adobe.com/lightroom/1.0/'
  xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/'
  xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'
  xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#'>
"""
_TAIL = "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end='w'?>\n"


def new_packet(faces: Sequence[NamedBox], size: tuple[int, int]) -> bytes | None:
    """The packet in UTF-8, None where no face has a name that XML can hold.

    size: width and height of the stored picture in px. Equal input gives equal bytes.
    """
    fit = [(_UNFIT.sub("", face.name).strip(), face.box) for face in faces]
    fit = [(name, box) for name, box in fit if name]
    if not fit:
        return None
    names = sorted({name for name, _ in fit})
    parts = [
        _keywords("Iptc4xmpExt:PersonInImage", "Bag", names),
        _keywords("dc:subject", "Bag", names),
        # A name that holds the separator would become a branch of its own.
        _keywords("digiKam:TagsList", "Seq", [f"People/{n}" for n in names if "/" not in n]),
        _keywords("lr:hierarchicalSubject", "Bag", [f"People|{n}" for n in names if "|" not in n]),
        _microsoft(fit),
        _mwg(fit, size),
    ]
    return (_HEAD + "".join(parts) + _TAIL).encode()


def _keywords(field: str, container: str, words: Iterable[str]) -> str:
    items = "".join(f"  <rdf:li>{escape(word)}</rdf:li>\n" for word in words)
    body = f" <rdf:{container}>\n{items} </rdf:{container}>\n"
    return f"<{field}>\n{body}</{field}>\n" if items else ""


def _microsoft(faces: Sequence[tuple[str, Box]]) -> str:
    items = "".join(
        "  <rdf:li rdf:parseType='Resource'>\n"
        f"   <MPReg:PersonDisplayName>{escape(name)}</MPReg:PersonDisplayName>\n"
        f"   <MPReg:Rectangle>{', '.join(f'{value:.6f}' for value in box)}</MPReg:Rectangle>\n"
        "  </rdf:li>\n"
        for name, box in faces
    )
    return (
        "<MP:RegionInfo rdf:parseType='Resource'>\n <MPRI:Regions>\n <rdf:Bag>\n"
        f"{items} </rdf:Bag>\n </MPRI:Regions>\n</MP:RegionInfo>\n"
    )


def _mwg(faces: Sequence[tuple[str, Box]], size: tuple[int, int]) -> str:
    items = "".join(
        "  <rdf:li rdf:parseType='Resource'>\n"
        f"   <mwg-rs:Area rdf:parseType='Resource'>{_area(box)}</mwg-rs:Area>\n"
        f"   <mwg-rs:Name>{escape(name)}</mwg-rs:Name>\n"
        "   <mwg-rs:Type>Face</mwg-rs:Type>\n  </rdf:li>\n"
        for name, box in faces
    )
    return (
        "<mwg-rs:Regions rdf:parseType='Resource'>\n"
        " <mwg-rs:AppliedToDimensions rdf:parseType='Resource'>"
        f"<stDim:w>{size[0]}</stDim:w><stDim:h>{size[1]}</stDim:h>"
        "<stDim:unit>pixel</stDim:unit></mwg-rs:AppliedToDimensions>\n"
        f" <mwg-rs:RegionList>\n <rdf:Bag>\n{items} </rdf:Bag>\n </mwg-rs:RegionList>\n"
        "</mwg-rs:Regions>\n"
    )


def _area(box: Box) -> str:
    """MWG has the centre of a face where we have its corner."""
    x, y, width, height = box
    values = {"x": x + width / 2, "y": y + height / 2, "w": width, "h": height}
    numbers = "".join(f"<stArea:{key}>{value:.6f}</stArea:{key}>" for key, value in values.items())
    return f"{numbers}<stArea:unit>normalized</stArea:unit>"
