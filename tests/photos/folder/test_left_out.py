"""What is left out is counted to the last file, and named as far as there is room."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.photos.folder.left_out import (
    NO_ENDING,
    OTHER_ENDINGS,
    VIDEO,
    Bounds,
    LeftOut,
    Tally,
    ending,
)

SMALL = Bounds(paths=3, kinds=4, in_all=8)
NAMES = st.text("ab.TX ", min_size=1, max_size=6).filter(lambda name: name[0] not in ". ")


def counted(names: list[str], bounds: Bounds | None = None) -> tuple[LeftOut, ...]:
    tally = Tally(bounds or Bounds())
    for name in names:
        tally.file(name, ending(name))
    return tally.records()


def sorted_by_kind(names: list[str]) -> dict[str, list[str]]:
    """As a plain loop would."""
    kinds: dict[str, list[str]] = {}
    for name in sorted(names):
        _, dot, end = name.strip(" ").lower().rpartition(".")
        plain = bool(name.strip(" .")) and name.strip(" ").lstrip(".").count(".") > 0
        kind = f".{end}" if dot and plain and end.isalpha() else NO_ENDING
        kinds.setdefault(kind, []).append(name)
    return kinds


@given(st.lists(NAMES, unique=True))
def test_every_file_counts_once(names: list[str]) -> None:
    records = counted(names)
    assert {record.kind: list(record.paths) for record in records} == sorted_by_kind(names)
    assert sum(record.count for record in records) == len(names)


@given(st.lists(NAMES, unique=True), st.randoms(use_true_random=False))
def test_bounds_hold_and_the_order_of_listing_does_not_matter(names, random) -> None:
    records = counted(names, SMALL)
    random.shuffle(names)
    assert counted(names, SMALL) == records
    assert sum(record.count for record in records) == len(names)
    assert len(records) <= SMALL.kinds + 1
    assert sum(len(record.paths) for record in records) <= SMALL.in_all
    kinds, left = sorted_by_kind(names), SMALL.in_all
    for record in records:
        wanted = min(SMALL.paths, left, record.count)
        if record.kind != OTHER_ENDINGS:
            assert list(record.paths) == kinds[record.kind][:wanted]
        left -= wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a.MOV", ".mov"),
        ("a.jpg ", ".jpg"),
        ("a", NO_ENDING),
        ("a.", NO_ENDING),
        ("a.part 2 of 3", NO_ENDING),
        ("Archive.tar.gz", ".gz"),
        ("x.\u4e2d\u6587", ".\u4e2d\u6587"),
        ("x." + "y" * 99, NO_ENDING),
        ("x.<b>", NO_ENDING),
    ],
)
def test_kinds(name: str, wanted: str) -> None:
    assert [record.kind for record in counted([name])] == [wanted]


def test_videos_are_named_as_such() -> None:
    reasons = {record.kind: record.reason for record in counted(["a.mov", "b.MP4", "c.pdf"])}
    assert reasons == {".mov": VIDEO, ".mp4": VIDEO, ".pdf": "not a photo"}


def test_a_hundred_thousand_files_need_little_room() -> None:
    tracemalloc.start()
    tally = Tally()
    for number in range(100_000):
        tally.file(f"some folder/{number:06}.e{number % 7919}", f".e{number % 7919}")
    records = tally.records()
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(record.count for record in records) == 100_000
    assert sum(len(record.paths) for record in records) <= Bounds().in_all
    assert used < 20_000_000


def test_folders_come_last_and_end_with_a_slash() -> None:
    tally = Tally()
    tally.folder("a/@eaDir", "@eaDir", "thumbnails")
    tally.file("b.txt", ".txt")
    assert [(r.kind, r.paths, r.folders) for r in tally.records()] == [
        (".txt", ("b.txt",), False),
        ("@eaDir", ("a/@eaDir/",), True),
    ]


def test_a_count_below_its_paths_is_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        LeftOut(".txt", "not a photo", 1, ("a.txt", "b.txt"))
