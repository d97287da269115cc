"""Copies of a photo are linked once, the best one, unless all are wanted; nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from facecluster.records import Copies, FaceTable
from tests.support.made_albums import Album, listed, needs_links, paths

NAMES = ("a.jpg", "a-edited.jpg", "thumbs/a.jpg", "b.jpg", "c.jpg")
WIDTHS = (900, 900, 90, 900, 900)


@pytest.fixture
def copied(make_album: Callable[..., Album]) -> Album:
    """Three files of one photo, a second photo of that person, and somebody who is unsure."""
    album = make_album(NAMES, [0, 0, 0, 0, -1])
    photos = [replace(p, width=w) for p, w in zip(album.photos, WIDTHS, strict=True)]
    picture = np.array([0, 0, 0, 3, 4], np.int32)
    grouping = replace(album.grouping, copies=Copies(picture, picture))
    return replace(album, photos=photos, grouping=grouping)


ONCE = ["people/person-001/a.jpg", "people/person-001/b.jpg", "unsure/c.jpg"]
ALL = sorted([*ONCE, "people/person-001/a-edited.jpg", "people/person-001/a (thumbs).jpg"])


@pytest.mark.parametrize("link", ["copy", pytest.param("symlink", marks=needs_links), "hardlink"])
def test_the_best_alone_unless_all_are_wanted(copied: Album, link: str) -> None:
    copied.write(link=link)
    assert paths(copied) == ONCE
    copied.write(link=link, link_copies=True)
    assert paths(copied) == ALL
    assert set(listed(copied)) == set(ALL)
    copied.write(link=link)
    assert paths(copied) == ONCE
    assert set(listed(copied)) == set(ONCE)


def test_folders_of_an_earlier_version_lose_our_copies_and_nothing_else(copied: Album) -> None:
    before = replace(copied, grouping=replace(copied.grouping, copies=None))
    before.write()
    assert paths(before) == ALL
    person = copied.out / "people" / "person-001"
    (person / "mine.txt").write_text("a note")
    (person / "a-edited.jpg").write_bytes(b"the user cut it")  # of another size now
    report = copied.write()
    assert paths(copied) == sorted(
        [*ONCE, "people/person-001/a-edited.jpg", "people/person-001/mine.txt"]
    )
    assert (person / "a-edited.jpg").read_bytes() == b"the user cut it"
    assert report.summary.copies == 2


def test_the_last_copy_of_a_photo_that_is_gone_stays(copied: Album) -> None:
    before = replace(copied, grouping=replace(copied.grouping, copies=None))
    before.write()
    (copied.root / "thumbs" / "a.jpg").unlink()
    copied.write()
    assert "people/person-001/a (thumbs).jpg" in paths(copied)
    assert "people/person-001/a-edited.jpg" not in paths(copied)


def test_who_is_in_a_copy_alone_gets_the_copy(copied: Album) -> None:
    """Its face was not found in the photo that stands for it, or it is somebody else's there."""
    alone = copied.regroup([0, 0, 1, 0, 1])
    alone = replace(alone, grouping=replace(alone.grouping, copies=copied.grouping.copies))
    alone.write()
    assert paths(alone) == [
        "people/person-001/a.jpg",
        "people/person-001/b.jpg",
        "people/person-002/a.jpg",
        "people/person-002/c.jpg",
    ]
    there = copied.out / "people" / "person-002" / "a.jpg"
    assert there.read_bytes() == (copied.root / "thumbs" / "a.jpg").read_bytes()


def test_the_next_best_comes_when_the_best_is_gone(copied: Album) -> None:
    copied.write()
    (copied.root / "a.jpg").unlink()
    rows = [1, 2, 3, 4]
    columns = {name: getattr(copied.faces, name)[rows] for name in FaceTable.__slots__}
    picture = np.array([0, 0, 2, 3], np.int32)
    less = replace(
        copied,
        photos=[copied.photos[row] for row in rows],
        faces=FaceTable(**columns | {"photo": np.arange(4, dtype=np.int32)}),
    ).regroup([0, 0, 0, -1])
    less = replace(less, grouping=replace(less.grouping, copies=Copies(picture, picture)))
    less.write()
    assert "people/person-001/a-edited.jpg" in paths(less)
    assert "people/person-001/a.jpg" in paths(less)  # the last copy of what is gone
