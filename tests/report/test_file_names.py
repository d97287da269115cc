"""File names that every system takes."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.report.file_names import (
    LONGEST,
    candidates,
    name_key,
    person_folders,
    safe_name,
)

NAMES = st.text(st.characters(), min_size=1, max_size=300).filter(lambda t: t not in (".", ".."))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("Bücher 日本.JPG", "Bücher 日本.JPG"),
        ('a<b>:"/\\|?*.jpg', "a_b________.jpg"),
        ("line\nbreak\x00.jpg", "line_break_.jpg"),
        ("bad\udcff.jpg", "bad_.jpg"),
        ("NUL", "_NUL"),
        ("com1.jpg", "_com1.jpg"),
        ("COM¹.txt", "_COM¹.txt"),
        ("console.jpg", "console.jpg"),
        ("dots...", "dots"),
        ("space ", "space"),
        ("...", "_"),
        ("x" * 300 + ".jpeg", "x" * 250 + ".jpeg"),
    ],
)
def test_safe_name(name, safe):
    assert safe_name(name) == safe


@given(NAMES)
def test_safe_names_are_safe_and_stable(name):
    safe = safe_name(name)
    assert 1 <= len(safe.encode("utf-8")) <= LONGEST
    assert not set(safe) & set('<>:"/\\|?*\n\0')
    assert safe[-1] not in " ."
    assert safe_name(safe) == safe


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_candidates_are_safe_and_different(parts):
    names = list(islice(candidates("/".join(p.replace("/", "_") for p in parts)), 12))
    assert all(len(n.encode()) <= LONGEST and "/" not in n and n[-1] not in " ." for n in names)
    assert len({name_key(n) for n in names}) >= 8  # long ones may repeat, but they never run out


def test_candidates_name_the_folder_first():
    names = list(islice(candidates("2019/holiday/IMG_1.jpg"), 5))
    assert names == [
        "IMG_1.jpg",
        "IMG_1 (holiday).jpg",
        "IMG_1 (2019 - holiday).jpg",
        "IMG_1~2.jpg",
        "IMG_1~3.jpg",
    ]


def test_keys_ignore_case_and_the_coding_of_accents():
    assert name_key("É.JPG") == name_key("e\u0301.jpg")
    assert name_key("STRASSE") == name_key("straße")
    assert name_key("a.jpg") != name_key("b.jpg")


def test_people_get_different_folders():
    names = [None, "Ann", "ann", "a/b", "person-001", "  ", "CON", "Person-099", "person-009"]
    assert person_folders(list(enumerate(names, 1))) == [
        "person-001", "Ann", "ann (3)", "a_b", "person-001 (5)", "person-006", "_CON",
        "Person-099 (8)", "person-009",
    ]  # fmt: skip


CALLED = st.one_of(
    st.none(),
    st.sampled_from(["Anna", "anna", "Anna (3)", "Anna (3)~2", "person-003", "A" * 255]),
    NAMES,
)


@given(st.dictionaries(st.integers(1, 12), CALLED, max_size=8), st.randoms(use_true_random=False))
def test_folders_are_safe_different_and_the_same_in_every_order(called, random):
    people = list(called.items())
    folders = dict(zip(called, person_folders(people), strict=True))
    assert len({name_key(folder) for folder in folders.values()}) == len(people)
    assert all(len(f.encode()) <= LONGEST and "/" not in f for f in folders.values())
    random.shuffle(people)
    assert person_folders(people) == [folders[number] for number, _ in people]


@given(st.dictionaries(st.integers(1, 12), CALLED, max_size=8))
def test_nobody_else_moves_somebody_without_a_name(called):
    folders = dict(zip(called, person_folders(list(called.items())), strict=True))
    for number, name in called.items():
        if name is None:
            assert folders[number] == f"person-{number:03d}"
