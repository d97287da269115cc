"""The JSON of Google Takeout."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.takeout import read_people
from facecluster.metadata.xmp.parsing import RefusedError


def test_people() -> None:
    said = {"title": "a.jpg", "people": [{"name": "Zoë"}, {"name": " Ann\u202e "}, {"name": ""}]}
    assert read_people(json.dumps(said).encode()) == ["Zoë", "Ann"]
    assert read_people(b"\xef\xbb\xbf" + json.dumps(said).encode()) == ["Zoë", "Ann"]


@pytest.mark.parametrize(
    "said",
    [[], {}, None, 7, "people", {"people": None}, {"people": {"name": "A"}}, {"people": ["A", 1]},
     {"people": [{"name": 1}, {"name": None}, {}]}, [{"people": [{"name": "A"}]}]],
)  # fmt: skip
def test_other_json_names_nobody(said: object) -> None:
    assert read_people(json.dumps(said).encode()) == []


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b"1" * 10_000 + b"x", b"<a/>"]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError, match="not JSON"):
        read_people(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(RefusedError):
        assert all(isinstance(name, str) for name in read_people(data))
