"""XMP as programs write it, in every shape that RDF allows, and photos that hold it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

Area = tuple[float, float, float, float]
SHAPES = ("elements", "attributes", "description")
URIS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "acdsee-rs": "http://ns.acdsee.com/regions/",
    "acdsee-stArea": "http://ns.acdsee.com/sType/Area#",
    "acdsee-stDim": "http://ns.acdsee.com/sType/Dimensions#",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}


@dataclass(frozen=True)
class Shape:
    """How structures and lists are written. fields: one of SHAPES. container: Bag or Seq."""

    fields: str = "elements"
    container: str = "Bag"

    def struct(self, tag: str, fields: dict[str, object], inner: str = "") -> str:
        """A structure of plain fields, with more elements in `inner`."""
        given = {key: str(value) for key, value in fields.items() if value is not None}
        inside = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in given.items()) + inner
        listed = "".join(f" {key}={quoteattr(value)}" for key, value in given.items())
        if self.fields == "elements":
            return f"<{tag} rdf:parseType='Resource'>{inside}</{tag}>"
        if self.fields == "attributes":
            return f"<{tag}{listed}>{inner}</{tag}>"
        return f"<{tag}><rdf:Description{listed}>{inner}</rdf:Description></{tag}>"

    def listed(self, tag: str, entries: Sequence[str]) -> str:
        """A list of whole entries."""
        kind = f"rdf:{self.container}"
        return f"<{tag}><{kind}>{''.join(entries)}</{kind}></{tag}>"

    def words(self, tag: str, words: Sequence[str]) -> str:
        return self.listed(tag, [f"<rdf:li>{escape(word)}</rdf:li>" for word in words])


PLAIN = Shape()


def packet(*parts: str, wrapped: bool = True) -> bytes:
    """A whole packet about the photo."""
    spaces = " ".join(f"xmlns:{prefix}='{uri}'" for prefix, uri in URIS.items())
    inside = "".join(f"<rdf:Description rdf:about=''>{part}</rdf:Description>" for part in parts)
    rdf = f"<rdf:RDF {spaces}>{inside}</rdf:RDF>"
    if not wrapped:
        return rdf.encode()
    begin = "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>"
    text = f"{begin}<x:xmpmeta xmlns:x='adobe:ns:meta/'>{rdf}</x:xmpmeta>"
    return (text + " " * 200 + "<?xpacket end='w'?>").encode()


def mwg(
    regions: Sequence[tuple[str | None, Area | None]],
    applied: tuple[object, object] | None = None,
    shape: Shape = PLAIN,
    unit: str | None = "normalized",
    kind: str | None = "Face",
) -> str:
    """MWG regions: middle and size."""
    entries = [
        shape.struct(
            "rdf:li",
            {"mwg-rs:Name": name, "mwg-rs:Type": kind, "mwg-rs:Rotation": "-1.5708"},
            "" if area is None else shape.struct("mwg-rs:Area", _area(area, unit)),
        )
        for name, area in regions
    ]
    size = {} if applied is None else {"stDim:w": applied[0], "stDim:h": applied[1]}
    dimensions = shape.struct("mwg-rs:AppliedToDimensions", {**size, "stDim:unit": "pixel"})
    return _regions("mwg-rs:Regions", dimensions + shape.listed("mwg-rs:RegionList", entries))


def _area(area: Area, unit: str | None) -> dict[str, object]:
    return dict(zip(("stArea:x", "stArea:y", "stArea:w", "stArea:h"), area, strict=True)) | {
        "stArea:unit": unit
    }


def _regions(tag: str, inner: str) -> str:
    return f"<{tag} rdf:parseType='Resource'>{inner}</{tag}>"


def microsoft(regions: Sequence[tuple[str | None, Area | None]], shape: Shape = PLAIN) -> str:
    """Microsoft's regions: top left corner and size."""
    entries = [
        shape.struct(
            "rdf:li",
            {
                "MPReg:PersonDisplayName": name,
                "MPReg:Rectangle": area and ", ".join(map(str, area)),
            },
        )
        for name, area in regions
    ]
    return _regions("MP:RegionInfo", shape.listed("MPRI:Regions", entries))


def acdsee(
    name: str,
    drawn: Area | None,
    found: Area | None,
    applied: tuple[int, int] = (600, 400),
    shape: Shape = PLAIN,
) -> str:
    """One region of ACDSee. drawn: by hand, found: by the program; middle and size."""
    areas = "".join(
        shape.struct(
            f"acdsee-rs:{tag}", {f"acdsee-stArea:{k}": v for k, v in zip("xywh", area, strict=True)}
        )
        for tag, area in (("ALGArea", found), ("DLYArea", drawn))
        if area is not None
    )
    entry = shape.struct("rdf:li", {"acdsee-rs:Name": name, "acdsee-rs:Type": "Face"}, areas)
    size = {"acdsee-stDim:w": applied[0], "acdsee-stDim:h": applied[1]}
    dimensions = shape.struct("acdsee-rs:AppliedToDimensions", dict(size))
    inner = dimensions + shape.listed("acdsee-rs:RegionList", [entry])
    return _regions("acdsee-rs:Regions", inner)


def iptc(name: str, boundary: dict[str, object], corners: Sequence[tuple[float, float]] = (),
         more: str = "", shape: Shape = PLAIN) -> str:  # fmt: skip
    """One region of IPTC. boundary: its fields without prefix. more: further elements."""
    points = [
        shape.struct("rdf:li", {"Iptc4xmpExt:rbX": x, "Iptc4xmpExt:rbY": y}) for x, y in corners
    ]
    vertices = shape.listed("Iptc4xmpExt:rbVertices", points) if points else ""
    fields = {f"Iptc4xmpExt:{key}": value for key, value in boundary.items()}
    area = shape.struct("Iptc4xmpExt:RegionBoundary", fields, vertices)
    called = f"<rdf:Alt><rdf:li xml:lang='x-default'>{escape(name)}</rdf:li></rdf:Alt>"
    title = f"<Iptc4xmpExt:Name>{called}</Iptc4xmpExt:Name>" if name else ""
    entry = shape.struct("rdf:li", {"Iptc4xmpExt:rId": "r1"}, title + area + more)
    return shape.listed("Iptc4xmpExt:ImageRegion", [entry])


def people(*names: str, shape: Shape = PLAIN) -> str:
    return shape.words("Iptc4xmpExt:PersonInImage", names)


def jpeg(
    xmp: bytes | None = None, size: tuple[int, int] = (60, 40), extended: bytes = b""
) -> bytes:
    """A JPEG with a packet; `extended` goes into segments of its own, in the wrong order."""
    plain = _saved("JPEG", size)
    segments = b""
    if xmp is not None:
        segments += _segment(b"http://ns.adobe.com/xap/1.0/\0" + xmp)
    parts = [(at, extended[at : at + 999]) for at in range(0, len(extended), 999)]
    for at, part in reversed(parts):
        head = b"http://ns.adobe.com/xmp/extension/\0" + GUID.encode()
        segments += _segment(head + struct.pack(">II", len(extended), at) + part)
    return plain[:2] + segments + plain[2:]


GUID = "0123456789ABCDEF" * 2


def _segment(content: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def png(xmp: bytes, packed: bool = False, late: bool = False) -> bytes:
    """A PNG with a packet, packed or not, before the pixels or behind them."""
    plain = _saved("PNG", (60, 40))
    text = zlib.compress(xmp) if packed else xmp
    body = b"iTXt" + b"XML:com.adobe.xmp\0" + bytes([packed, 0]) + b"\0\0" + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    at = len(plain) - 12 if late else 33  # IEND has 12 bytes; IHDR ends at 33
    return plain[:at] + chunk + plain[at:]


def webp(xmp: bytes) -> bytes:
    return _saved("WebP", (60, 40), xmp=xmp)


def tiff(xmp: bytes, big: bool = False) -> bytes:
    return _saved("TIFF", (60, 40), tiffinfo={700: xmp}, big_tiff=big)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def heif(xmp: bytes, method: int = 0) -> bytes:
    """The boxes of a HEIF that say where its XMP is, in the file (0) or in the `meta` box (1)."""
    entry = box(b"infe", b"\2\0\0\0" + struct.pack(">HH", 7, 0) + b"mime\0application/rdf+xml\0")
    iinf = box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 1) + entry)
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(place: int) -> bytes:
        item = struct.pack(">HHHHII", 7, method, 0, 1, place, len(xmp))
        iloc = box(b"iloc", b"\1\0\0\0" + b"\x44\0" + struct.pack(">H", 1) + item)
        inside = box(b"idat", xmp) if method else b""
        return box(b"meta", b"\0\0\0\0" + iinf + iloc + inside)

    place = 0 if method else len(head) + len(meta(0)) + 8
    return head + meta(place) + (b"" if method else box(b"mdat", xmp))


def jpeg_xl(xmp: bytes) -> bytes:
    return box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"xml ", xmp)


def cr3(xmp: bytes) -> bytes:
    own = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"uuid", own + xmp)


def raf(xmp: bytes) -> bytes:
    head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0")
    return head + struct.pack(">II", 100, 0) + bytes(8) + jpeg(xmp)


def _saved(form: str, size: tuple[int, int], **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (90, 120, 60)).save(file, form, **options)
    return file.getvalue()


CONTAINERS = {
    "jpeg": jpeg,
    "png": png,
    "png, packed": lambda xmp: png(xmp, packed=True),
    "png, behind the pixels": lambda xmp: png(xmp, late=True),
    "webp": webp,
    "tiff": tiff,
    "big tiff": lambda xmp: tiff(xmp, big=True),
    "heif": heif,
    "heif, in meta": lambda xmp: heif(xmp, method=1),
    "jpeg xl": jpeg_xl,
    "cr3": cr3,
    "raf": raf,
}
