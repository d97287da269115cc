"""Names as they come in files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.names import clean, same


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Zoë", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("  Marie \t Curie\r\n", "Marie Curie"),
        ("Marie\u00a0Curie", "Marie Curie"),
        ("\u202egnp.exe", "gnp.exe"),
        ("A\u2066\u2069\u200e\u200f\ufeffB", "AB"),
        ("A\0\x07\x1b[31mB", "A[31mB"),
        ("A \u202e B", "A B"),
        ("\u202e", None),
        (" \u200b\u200c ", None),
        ("", None),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("../../etc/cron.d/x", "../../etc/cron.d/x"),
        ("x" * 5000, "x" * 5000),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_names(written: str, name: str | None) -> None:
    assert clean(written) == name


@given(st.text(st.characters(codec=None)))
def test_a_clean_name_is_one_visible_line_in_nfc_and_stays_so(text: str) -> None:
    name = clean(text)
    if name is None:
        return
    assert name == name.strip() != ""
    assert unicodedata.is_normalized("NFC", name)
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.bidirectional(c) in BIDI for c in name)
    assert clean(name) == name


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_the_case_of_letters_does_not_make_another_name() -> None:
    assert same("ZOË") == same("zoë")
    assert same("Straße") == same("STRASSE")
    assert same("Zoë") != same("Zoe")
