"""Picasa's files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.identity import upright_boxes
from facecluster.metadata.picasa import read_contacts, read_ini, regions
from facecluster.metadata.records import Region
from facecluster.metadata.xmp.parsing import RefusedError

CORNERS = st.tuples(*[st.integers(0, 65535)] * 4)


def rect(corners: tuple[int, ...]) -> str:
    """As Picasa writes it: hexadecimal, without leading zeros."""
    return f"{int.from_bytes(b''.join(c.to_bytes(2, 'big') for c in corners), 'big'):x}"


@given(CORNERS)
def test_any_rectangle_is_read_whatever_zeros_it_begins_with(corners: tuple[int, ...]) -> None:
    left, top, right, bottom = corners
    [region] = regions(
        read_ini(f"[a.jpg]\nfaces=rect64({rect(corners)}),1f".encode()), {}, "a.jpg", 1
    )
    if left >= right or top >= bottom:
        assert region.box is None
    else:
        assert region.box is not None
        expected = (left, top, right - left, bottom - top)
        assert np.allclose(np.array(region.box) * 65535, expected, atol=1e-6)


INI = """\ufeff[Picasa]\r
name=Summer\r
[Contacts2]\r
00000000000000ab=Zoë;zoe@example.org;\r
cd=Ann;;\r
[A (1).JPG]\r
backuphash=1\r
faces=rect64(3fff3fff7fff7fff),ab;rect64(1fff1fff3fff3fff),cd;rect64(3fff00007fff3fff),ffffffffffffffff\r
rotate=rotate(1)\r
[b.jpg]\r
faces=rect64(xyz),ab;rect64(),cd;;=\r
"""


def names(found: list[Region]) -> list[str | None]:
    return [region.name for region in found]


@pytest.mark.parametrize("form", ["utf-8", "utf-16"])
def test_names_come_from_contacts_xml_or_the_file_itself(form: str) -> None:
    ini = read_ini((INI if form == "utf-8" else INI[1:]).encode(form))
    assert names(regions(ini, {}, "a (1).jpg", 1)) == ["Zoë", "Ann", None]
    assert names(regions(ini, {"ab": "Zoë B."}, "A (1).JPG", 1)) == ["Zoë B.", "Ann", None]
    assert regions(ini, {}, "b.jpg", 1) == regions(ini, {}, "none.jpg", 1) == []


def test_a_file_of_another_code_page() -> None:
    ini = read_ini("[contacts]\n1=Zoë\n[a.jpg]\nfaces=rect64(3fff3fff7fff7fff),1".encode("latin-1"))
    assert names(regions(ini, {}, "a.jpg", 1)) == ["Zoë"]


def test_contacts() -> None:
    data = """<?xml version="1.0" encoding="utf-8" ?>
    <contacts><contact id="00AB" name="Zo&#235;" display="Z"/><contact id="cd" display="Ann"/>
    <contact name="nobody"/><other id="ef" name="X"/></contacts>"""
    assert read_contacts(data.encode()) == {"ab": "Zoë", "cd": "Ann", "": "nobody"}
    with pytest.raises(RefusedError, match="DOCTYPE"):
        read_contacts(b"<!DOCTYPE contacts><contacts/>")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_of_raw_files_picasa_means_the_picture_as_shown(orientation: int) -> None:
    ini = read_ini(
        b"[a.nef]\nfaces=rect64(1fff3fff5fff4fff),1\n[a.jpg]\nfaces=rect64(1fff3fff5fff4fff),1"
    )
    [shown], [stored] = (regions(ini, {}, name, orientation) for name in ("a.nef", "a.jpg"))
    assert shown.box is not None
    assert stored.box is not None
    assert np.allclose(upright_boxes(np.array([shown.box]), (1, 1), orientation)[0], stored.box)


@given(st.binary(max_size=300))
def test_any_bytes_are_borne(data: bytes) -> None:
    ini = read_ini(b"[a.jpg]\nfaces=" + data)
    regions(ini, ini.contacts, "a.jpg", 1)
