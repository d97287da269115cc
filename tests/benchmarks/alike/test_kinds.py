"""What file names say of faces, and which half a picture is in."""

from __future__ import annotations

import pytest

from benchmarks.alike.kinds import HALVES, KINDS, REFERENCE, Label, half_of
from facecluster.errors import FaceclusterError


@pytest.mark.parametrize(
    ("stem", "kind", "child"),
    [
        ("000_f_asian_001", "0 to 2 years", True),
        ("002_m_other_912", "0 to 2 years", True),
        ("003_m_white_001", "3 to 9 years", True),
        ("009_f_black_001", "3 to 9 years", True),
        ("010_f_black_001", "10 to 17 years", True),
        ("017_m_indian_044", "10 to 17 years", True),
        ("018_m_indian_044", "indian men", False),
        ("059_f_other_002", "other women", False),
        ("060_f_other_002", "60 years and more", False),
        ("116_m_white_001", "60 years and more", False),
    ],
)
def test_a_name_says_the_kind(stem: str, kind: str, child: bool) -> None:
    label = Label.of(stem)
    assert (label.kind, label.child) == (kind, child)
    assert kind in KINDS


@pytest.mark.parametrize("stem", ["holiday", "030_x_white_001", "030_m_green_001", "030_m_white"])
def test_a_name_that_says_nothing_is_named(stem: str) -> None:
    with pytest.raises(FaceclusterError, match=f"^{stem}: "):
        Label.of(stem)


def test_kinds_are_each_named_once() -> None:
    assert len(set(KINDS)) == len(KINDS) == 14
    assert REFERENCE in KINDS


def test_halves_are_of_the_sum_of_the_bytes() -> None:
    assert [half_of(name) for name in ("b", "a", "aa", "ab", "é")] == [
        *("fit", "judge", "fit", "judge"),
        HALVES[(0xC3 + 0xA9) % 2],
    ]
