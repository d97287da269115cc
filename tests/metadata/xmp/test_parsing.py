"""XML that wants more than to be read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.parsing import RefusedError, parsed
from tests.support.xmp_samples import mwg, packet

GOOD = packet(mwg([("Zoë", (0.5, 0.5, 0.1, 0.1))]))
DOCTYPE = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
MANY = b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (DOCTYPE + GOOD, "DOCTYPE"),
        (b"<?xml version='1.0'?>" + DOCTYPE + b"<a>&a;</a>", "DOCTYPE"),
        (b"<!DOCTYPE x><a/>", "DOCTYPE"),
        (b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + MANY + b"]><a>&j;</a>", "DOCTYPE"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><a>&a;</a>".encode("utf-16"), "DOCTYPE"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><a>&a;</a>".encode("utf-16-be"), "DOCTYPE"),
        (b"", "not XML"),
        (b"\0\0\0", "not XML"),
        (b"name: Zo\xc3\xab", "not XML"),
        (GOOD[:-200][:900], "not XML"),
        (b"<a><b></a></b>", "not XML"),
        (b"<a>&unknown;</a>", "not XML"),
        (b"<?xml version='1.0' encoding='nothing'?><a/>", "not XML"),
        (b"<a>\xff\xfe\xfd</a>", "not XML"),
        (b"<a>" * 5000 + b"</a>" * 5000, "not XML"),
        (b"<a:b xmlns:c='d'/>", "not XML"),
        (b"\x89PNG\r\n\x1a\n", "not XML"),
    ],
)
def test_it_is_refused(data: bytes, reason: str) -> None:
    started = time.process_time()
    with pytest.raises(RefusedError, match=reason):
        parsed(data)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        b"\n\n" + GOOD + b"\0\0 \n",
        GOOD.decode().replace("\ufeff", "").encode("utf-16"),
        b"<?xml version='1.0' encoding='UTF-8'?><!-- made by hand -->" + GOOD,
        b"  <?xml version='1.0'?>" + packet(mwg([("Zo\xeb", (0.5, 0.5, 0.1, 0.1))]), wrapped=False),
    ],
)
def test_odd_but_whole_ones_are_read(data: bytes) -> None:
    [region] = read_packet(data, (600, 400))[0][0]
    assert region.name == "Zoë"


def test_nothing_beside_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("top secret")
    include = f"<xi:include href='{tmp_path}/secret' parse='text'/>"
    link = f"<a xmlns:xi='http://www.w3.org/2001/XInclude'>{include}</a>"
    style = f"<?xml-stylesheet href='{tmp_path}/secret'?>"
    before = os.stat(tmp_path / "secret").st_atime_ns
    root = parsed((style + link).encode())
    assert "secret" not in "".join(map(str, root.itertext()))
    assert os.stat(tmp_path / "secret").st_atime_ns == before


def test_very_many_entries_are_read_in_time() -> None:
    data = packet(mwg([("A", (0.5, 0.5, 0.1, 0.1))] * 20_000))
    started = time.process_time()
    assert len(read_packet(data, (600, 400))[0][0]) == 20_000
    assert time.process_time() - started < 20


@given(st.binary(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_any_damage_is_read_or_refused(noise: bytes, at: int, lost: int) -> None:
    data = GOOD[:at] + noise + GOOD[at + lost :]
    try:
        groups, names = read_packet(data, (600, 400))
    except RefusedError:
        return
    assert len(groups) == 4
    assert all(isinstance(name, str) for name in names)
