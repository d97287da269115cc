"""Albums: parts of them, several poured into one, and the judgement by the face in the middle."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import albums
from benchmarks.common.albums import Album


def test_a_part_keeps_names_and_faces_together(few: Album) -> None:
    rows = np.array([5, 3, 700, 3])
    part = few.take(rows)
    kept = np.unique(rows)
    assert part.names.tolist() == few.names[kept].tolist()
    assert part.digests.tolist() == few.digests[kept].tolist()
    for row, photo in enumerate(kept):
        there = few.faces.embeddings[few.faces.photo == photo]
        np.testing.assert_array_equal(part.faces.embeddings[part.faces.photo == row], there)
    assert len(part.faces) == np.isin(few.faces.photo, kept).sum()


def test_pouring_loses_nothing_and_sorts_by_digest(many: Album, few: Album) -> None:
    both = albums.pour([many, few])
    assert len(both) == len(many) + len(few)
    order = both.digests[both.faces.photo].tolist()
    assert order == sorted(order)

    def told(album: Album) -> Counter[tuple[str, str, int, float]]:
        f = album.faces
        numbers = zip(f.ordinal.tolist(), f.embeddings[:, 0].tolist(), strict=True)
        owners = zip(album.names[f.photo], album.digests[f.photo], strict=True)
        return Counter((*a, *b) for a, b in zip(owners, numbers, strict=True))

    assert told(both) == told(many) + told(few)


def test_parts_are_whole_people(many: Album) -> None:
    names = albums.part_names(many.sizes, 300, seed=4)
    assert sum(many.sizes[name] for name in names) == 300
    assert len(set(names)) == len(names)
    assert albums.part_names(many.sizes, 300, seed=4) == names
    assert albums.part_names({"ann": 3, "bob": 2}, 2) == ["bob"]


def test_the_face_in_the_middle_is_judged(few: Album) -> None:
    right = few.faces.embeddings[:, 0].astype(np.int32)
    corner = few.faces.ordinal == 1
    judged = few.judge(np.where(corner, 99, right).astype(np.int32))
    assert judged.bcubed.f == judged.pairwise.f == judged.coverage == 1
    assert (judged.photos, judged.people) == (len(few), 30)
    assert few.judge(np.where(corner, right, -1).astype(np.int32)).coverage == 0


def test_a_photo_without_faces_is_left_alone(few: Album) -> None:
    rows = np.nonzero(few.faces.photo != 0)[0]
    faces = albums.rows_of(few.faces, rows, few.faces.photo[rows])
    bare = Album(few.names, few.digests, few.extents, faces)
    judged = bare.judge(faces.embeddings[:, 0].astype(np.int32))
    assert judged.coverage == pytest.approx(1 - 1 / len(few))
    assert judged.bcubed.precision == 1
    assert judged.bcubed.recall < 1


def test_an_album_comes_back_from_its_file(few: Album, tmp_path: Path) -> None:
    path = tmp_path / "new" / "album.npz"
    few.save(path)
    back = Album.load(path)
    assert back.names.tolist() == few.names.tolist()
    np.testing.assert_array_equal(back.faces.embeddings, few.faces.embeddings)
    assert [file.name for file in path.parent.iterdir()] == ["album.npz"]
