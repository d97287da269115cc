"""The sets of the quality benchmark: mixes by seed, judged by the face in the middle."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import albums
from benchmarks.common.albums import Album
from benchmarks.quality.trial import by_first, in_two_photos, shuffled
from facecluster.records import FaceTable


def made(sizes: dict[str, int], seed: int) -> Album:
    """Photos of 100 x 200 px; face 0 of each is in the middle, a second one sits in the corner of
    every third. The embedding of a face is its person's number and whether it is in the middle."""
    names = np.repeat(list(sizes), list(sizes.values()))
    random = np.random.default_rng(seed)
    digests = np.array([random.bytes(8).hex() for _ in names])
    faces = [(p, o) for p in np.argsort(digests) for o in range(2 if p % 3 == 0 else 1)]
    photo, ordinal = np.array(faces, np.int32).T
    count = len(faces)
    boxes = np.full((count, 4), 20, np.float32)
    boxes[ordinal == 0, :2] = 40, 90
    who = np.unique(names, return_inverse=True)[1]
    table = FaceTable(
        photo=photo,
        ordinal=ordinal,
        boxes=boxes,
        landmarks=np.zeros((count, 5, 2), np.float32),
        scores=np.ones(count, np.float32),
        clarity=np.zeros((count, 3), np.float32),
        consistency=np.ones(count, np.float32),
        embeddings=np.stack([who[photo], ordinal], axis=1).astype(np.float32),
    )
    return Album(names, digests, np.full((len(names), 2), (100, 200), float), table)


@pytest.fixture
def many() -> Album:
    """Like LFW: 700 people with one photo, a few with many."""
    alone = {f"alone {i}": 1 for i in range(700)}
    return made(alone | {"one": 230, "two": 210, "three": 125}, 1)


@pytest.fixture
def few() -> Album:
    """Like pins44: 30 people with up to 80 photos."""
    return made({f"person {i}": 80 - i for i in range(30)}, 2)


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


def test_singletons_are_strangers_and_regulars(many: Album, few: Album) -> None:
    mix = albums.singletons(many, few, seed=3)
    strangers = [n for n in mix.sizes if n.startswith("alone")]
    regulars = [n for n in mix.sizes if n.startswith("person")]
    assert (len(strangers), len(regulars)) == (500, 20)
    assert len(mix.sizes) == 520
    assert all(mix.sizes[name] == few.sizes[name] for name in regulars)


def test_the_album_has_each_size_once(many: Album, few: Album) -> None:
    album = albums.small_album(many, few, seed=3)
    people = {n: size for n, size in album.sizes.items() if not n.startswith("alone")}
    assert sorted(people.values(), reverse=True) == list(albums.ALBUM_SIZES)
    assert sum(n.startswith("alone") for n in album.sizes) == 100
    large = {n for n, size in people.items() if size > 80}
    assert large <= {"one", "two", "three"}
    assert len(set(album.digests)) == len(album)


@pytest.mark.parametrize("mix", [albums.singletons, albums.small_album])
def test_a_seed_decides_the_mix(mix, many: Album, few: Album) -> None:
    first, again, other = (mix(many, few, seed) for seed in (0, 0, 1))
    assert first.digests.tolist() == again.digests.tolist()
    assert set(first.digests) != set(other.digests)


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


def test_shuffling_only_reorders(few: Album) -> None:
    order, faces = shuffled(few.faces, 7)
    assert order.tolist() != sorted(order)
    np.testing.assert_array_equal(faces.embeddings, few.faces.embeddings[order])
    together = few.faces.photo[order]
    np.testing.assert_array_equal(by_first(together), by_first(faces.photo))


def test_equal_groups_are_told_by_their_first_row() -> None:
    np.testing.assert_array_equal(by_first(np.array([4, -1, 2, 4, 2])), [0, -1, 2, 0, 2])


def test_groups_of_one_photo_are_no_people() -> None:
    labels = np.array([7, 7, 3, 3, -1, 5])
    photo = np.array([0, 1, 2, 2, 3, 4], np.int32)
    np.testing.assert_array_equal(in_two_photos(labels, photo), [0, 0, -1, -1, -1, -1])
