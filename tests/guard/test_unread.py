"""What could not be read for want of memory does not take the earlier people away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facecluster.guard.unread import Unread
from facecluster.library.index import Index
from facecluster.library.readings import Reading
from tests.support.readings import file, make_faces, reading


@pytest.mark.parametrize("digest", ["", "f" * 32])
@pytest.mark.parametrize("lack", [True, False])
def test_earlier_faces_stand_where_the_machine_was_at_fault(
    digest: str, lack: bool, tmp_path: Path, rng: np.random.Generator
) -> None:
    with Index(tmp_path / "index.db", "reader") as index:
        index.add([reading(file("known.jpg"), "a", make_faces(rng, 3))])
        left = Unread()
        changed = file("known.jpg", size=200)
        failed = Reading(changed, digest, problem="not enough memory", for_now=lack)
        new = left.sorted_out([failed], index)
        index.add(new)
        photos, faces = index.load([changed], left.problems)
        again = index.unread([changed])
    assert len(faces) == (3 if lack else 0)
    assert (photos[0].problem is None) is lack
    assert again == [changed]  # either way the next run tries it again
    assert bool(left.notes) is lack
    if lack:
        assert left.notes == (
            "known.jpg could not be read again for want of memory or time; "
            "what an earlier run found in the photo stands.",
        )


def test_a_new_photo_is_told_as_unreadable(tmp_path: Path) -> None:
    with Index(tmp_path / "index.db", "reader") as index:
        left = Unread()
        failed = [
            Reading(file("a.jpg"), "", problem="not enough memory to read it", for_now=True),
            Reading(file("b.jpg"), "b" * 32, problem="it took more than 10 s", for_now=True),
        ]
        index.add(left.sorted_out(failed, index))
        photos, _ = index.load([r.file for r in failed], left.problems)
    assert [photo.problem for photo in photos] == [r.problem for r in failed]
    assert left.notes == ()


def test_several_are_counted() -> None:
    assert Unread(stale=["a", "b"]).notes == (
        "2 photos could not be read again for want of memory or time; "
        "what an earlier run found in the photos stands.",
    )
