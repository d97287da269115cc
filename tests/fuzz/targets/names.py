"""What others wrote of people: XMP in photos and beside them, Picasa's, Google Takeout's."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from facecluster.metadata.read import read_told
from facecluster.metadata.records import Told
from tests.fuzz.target import Target
from tests.support.xmp_samples import (
    CONTAINERS,
    Shape,
    acdsee,
    iptc,
    microsoft,
    mwg,
    packet,
    people,
)

SIZE = (60, 40)
AREA = (0.25, 0.375, 0.25, 0.5)
WHOLE = packet(mwg([("Zoë", AREA), (None, AREA)], SIZE), microsoft([("Ann", AREA)]))


def read(path: Path) -> None:
    """As the file of a photo `a.jpg`, which is that file itself or is not there."""
    told = read_told(path.parent, "a.jpg", SIZE, 6)
    assert isinstance(told, Told)


def sidecars() -> list[bytes]:
    shapes = [Shape("attributes", "Seq"), Shape("description", "Bag")]
    others = [packet(mwg([("Zoë", AREA)], (40, 60), shape, unit="pixel")) for shape in shapes]
    circle = {"rbShape": "circle", "rbUnit": "pixel", "rbX": 30, "rbY": 20, "rbRx": 5}
    area = iptc("Zoë", circle, [(0.1, 0.2), (0.3, 0.4), (0.5, 0.6)])
    return [WHOLE, *others, packet(acdsee("Zoë", AREA, AREA), area, people("Zoë", "Ann"))]


def photos() -> list[bytes]:
    return [make(WHOLE) for make in CONTAINERS.values()]


def picasa() -> list[bytes]:
    text = "[Picasa]\nname=x\n[Contacts2]\n7f=Zoë;;\n[a.jpg]\nrotate=rotate(1)\n"
    text += "faces=rect64(1fff1fff5fff9fff),7f;rect64(fff1fff5fff9fff),ffffffffffffffff\n"
    return [text.encode(form) for form in ("utf-8", "utf-16", "utf-8-sig")]


def takeout() -> list[bytes]:
    said = {"title": "a.jpg", "people": [{"name": "Zoë"}, {"name": "Ann"}], "url": "x"}
    return [json.dumps(said).encode(), json.dumps(said, indent=1, ensure_ascii=False).encode()]


def whole_xml(data: bytes, dice: random.Random) -> bytes:
    """Sometimes with what makes it XML again: characters that are none are taken out."""
    if dice.random() < 0.5:
        return data
    return "".join(c for c in data.decode("utf-8", "ignore") if c >= " ").encode()


_XML: Sequence[bytes] = (
    b"<!DOCTYPE,<!ENTITY a 'b'>,&a;,&#0;,&#x202e;,<![CDATA[,]]>,<!--,-->,<?x ?>,xmlns=''"
    b",<rdf:Alt>,</rdf:li>,rdf:parseType='Resource',nan,1e999,-0,0x1,9,.".split(b",")
)
TARGETS = [
    Target("sidecar", 300, sidecars, read, "a.jpg.xmp", _XML, whole_xml),
    Target("packets", 300, photos, read, "a.jpg", (*_XML, b"\xff\xe1", b"iTXt", b"XMP ", b"iloc")),
    Target("picasa", 150, picasa, read, ".picasa.ini", b"[] [a.jpg] rect64( ;;; = \0 ff".split()),
    Target(
        "takeout", 100, takeout, read, "a.jpg.json", b'null {} [] 1e999 "\\ud800" people'.split()
    ),
]
