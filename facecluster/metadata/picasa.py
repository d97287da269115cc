"""Faces of Picasa: `.picasa.ini` beside the photos, names in it or in contacts.xml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from facecluster.identity import Box, stored_boxes
from facecluster.metadata.areas import box
from facecluster.metadata.names import clean
from facecluster.metadata.records import Region
from facecluster.metadata.xmp.parsing import parsed

_SECTION: Final = re.compile(r"\[(.*)\]")
_FACE: Final = re.compile(r"rect64\(([0-9a-f]{1,16})\)\s*,\s*([0-9a-f]{1,32})", re.IGNORECASE)
_CONTACTS: Final = frozenset({"contacts", "contacts2"})
_WHOLE: Final = 65535  # what a side of the picture counts
# Of these Picasa means the picture as it is shown, as exiftool's picasa_faces.config has found.
_RAW: Final = re.compile(
    r".*\.(3fr|arw|cr2|crw|dng|dcr|erf|iiq|kdc|mef|mos|mrw|nef|nrw|orf|pef|raf|rw2|rwl|sr2|srf|srw|x3f)"
)


@dataclass(frozen=True, slots=True)
class Ini:
    """A folder's `.picasa.ini`.

    faces: by the photo's name in small letters, rectangles (left, top, right, bottom, 0..65535)
    and the number of the contact. contacts: names by number.
    """

    faces: Mapping[str, tuple[tuple[tuple[int, int, int, int], str], ...]]
    contacts: Mapping[str, str]


def read_ini(data: bytes) -> Ini:
    """What the file says. Lines that mean nothing to us are passed over."""
    faces: dict[str, list[tuple[tuple[int, int, int, int], str]]] = {}
    contacts: dict[str, str] = {}
    section = ""
    for line in _lines(data):
        key, _, value = line.partition("=")
        if heading := _SECTION.fullmatch(line):
            section = heading[1].lower()
        elif section in _CONTACTS:
            contacts.setdefault(_number(key), value.split(";", 1)[0])
        elif key.strip().lower() == "faces":
            rows = [(_corners(m[1]), _number(m[2])) for m in _FACE.finditer(value)]
            faces.setdefault(section, []).extend(rows)
    return Ini({name: tuple(rows) for name, rows in faces.items()}, contacts)


def read_contacts(data: bytes) -> dict[str, str]:
    """Names by number, of contacts.xml. Raises RefusedError."""
    found: dict[str, str] = {}
    for contact in parsed(data).iter("contact"):
        name = contact.get("name") or contact.get("display") or ""
        found.setdefault(_number(contact.get("id") or ""), str(name))
    return found


def regions(ini: Ini, contacts: Mapping[str, str], name: str, orientation: int) -> list[Region]:
    """The faces of the photo `name`.

    contacts: of contacts.xml, which win over the folder's own, since Picasa renames people there.
    orientation: EXIF 1..8 of the photo.
    """
    raw = _RAW.fullmatch(name.lower())
    found = []
    for corners, number in ini.faces.get(name.lower(), ()):
        called = clean(contacts.get(number, "")) or clean(ini.contacts.get(number, ""))
        area = _box(corners)
        if raw and area is not None and orientation != 1:
            x, y, w, h = stored_boxes(np.array([area]), (1, 1), orientation)[0].tolist()
            area = box(x, y, w, h)
        found.append(Region(called, area, "Picasa"))
    return found


def _lines(data: bytes) -> list[str]:
    form = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(form)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return [line.strip(" \t\0") for line in re.split(r"[\r\n]+", text)]


def _number(text: str) -> str:
    """The number of a contact, whose leading zeros may be missing."""
    return text.strip().lower().lstrip("0")


def _corners(text: str) -> tuple[int, int, int, int]:
    """Four numbers of 16 bits, of which Picasa drops leading zeros."""
    digits = text.zfill(16)
    left, top, right, bottom = (int(digits[at : at + 4], 16) for at in range(0, 16, 4))
    return left, top, right, bottom


def _box(corners: tuple[int, int, int, int]) -> Box | None:
    left, top, right, bottom = (corner / _WHOLE for corner in corners)
    return box(left, top, right - left, bottom - top)
