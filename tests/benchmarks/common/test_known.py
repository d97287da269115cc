"""What is known of groupings, and the libraries that they are made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.common.albums import Album
from benchmarks.common.known import NOBODY, names_of, who_is
from benchmarks.common.libraries import KINDS, halves, libraries, names_in
from facecluster.records import FaceTable


def made(sizes: dict[str, int], seed: int) -> Album:
    """Photos of 100 x 100 px, two faces each: the first in the middle, the second in a corner."""
    names = np.repeat(list(sizes), list(sizes.values()))
    random = np.random.default_rng(seed)
    count = 2 * len(names)
    boxes = np.tile(np.array([[40, 40, 20, 20], [0, 0, 20, 20]], np.float32), (len(names), 1))
    ones = np.ones(count, np.float32)
    faces = FaceTable(
        photo=np.repeat(np.arange(len(names)), 2).astype(np.int32),
        ordinal=np.tile([0, 1], len(names)).astype(np.int32),
        boxes=boxes,
        landmarks=np.zeros((count, 5, 2), np.float32),
        scores=ones,
        clarity=np.zeros((count, 3), np.float32),
        consistency=ones,
        embeddings=np.eye(4, dtype=np.float32)[random.integers(0, 4, count)],
    )
    digests = np.array(sorted(random.bytes(8).hex() for _ in names))
    return Album(names, digests, np.full((len(names), 2), 100.0), faces)


@pytest.fixture(scope="module")
def many() -> Album:
    sizes = {f"alone {i}": 1 for i in range(60)} | {f"some {i}": 2 + i for i in range(20)}
    return made(sizes, 1)


@pytest.fixture(scope="module")
def few() -> Album:
    return made({f"person {i}": 20 + i for i in range(22)}, 2)


def test_the_major_name_and_the_second() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, -1, 3], np.int32)
    who = np.array([5, 5, 5, 4, 4, 4, NOBODY, 5, 3, NOBODY, 3, NOBODY])
    found = names_of(labels, who)
    assert found.major.tolist() == [5, 4, 3, NOBODY]
    assert found.second.tolist() == [1, 0, 1, 0]
    assert found.known.tolist() == [4, 2, 2, 0]
    assert found.mixed.tolist() == [False, False, True, False]
    assert found.splits == 0
    assert names_of(labels, np.where(who == 4, 5, who)).splits == 1


def test_two_faces_of_another_name_make_a_mix_however_many_there_are() -> None:
    labels = np.zeros(40, np.int32)
    for others, mixed in ((0, False), (1, False), (2, True)):
        who = np.array([1] * (40 - others) + [0] * others)
        assert names_of(labels, who).mixed.tolist() == [mixed]


def test_nobody_is_found() -> None:
    found = names_of(np.full(3, -1, np.int32), np.array([0, 1, NOBODY]))
    assert (len(found.major), len(found.mixed), found.splits) == (0, 0, 0)


def test_only_the_face_in_the_middle_has_a_name(few: Album) -> None:
    who = who_is(few)
    assert (who[1::2] == NOBODY).all()
    assert np.unique(few.names)[who[::2]].tolist() == few.names.tolist()


def test_halves_share_nobody_and_lose_nobody(many: Album, few: Album) -> None:
    fitted = [f"alone {i}" for i in range(40)] + ["some 3", "not there"]
    first, second = halves(many, few, fitted, seed=3)
    assert len(first.few.sizes) == 15
    for whole, one, other in ((many, first.many, second.many), (few, first.few, second.few)):
        assert not set(one.sizes) & set(other.sizes)
        assert one.sizes | other.sizes == whole.sizes
    again = halves(many, few, fitted, seed=3)
    assert again[0].few.sizes == first.few.sizes
    assert halves(many, few, fitted, seed=4)[0].few.sizes != first.few.sizes


def test_libraries_of_every_kind(many: Album, few: Album) -> None:
    half = halves(many, few, list(many.sizes), seed=0)[0]
    found = libraries(half, seed=0)
    assert {kind for kind, _ in found} == set(KINDS)
    for kind, album in found:
        strangers = {n: s for n, s in album.sizes.items() if n.startswith("alone")}
        regulars = {n: s for n, s in album.sizes.items() if n.startswith("person")}
        assert all(size == 1 for size in strangers.values())
        if kind == "family":
            assert sorted(regulars.values()) == [3, 4, 6, 8, 10, 12]
            assert len(strangers) == 20
        if kind == "mix":
            assert (len(regulars), len(strangers)) == (12, 60)
        if kind == "middle":
            assert not strangers
            assert min(regulars.values()) >= 3
    assert len(libraries(half, seed=0, draws=2)) == 2 * len(found) - 3
    drawn = [sorted(album.digests) for kind, album in found if kind == "family"]
    assert drawn[0] != drawn[1]
    again = [sorted(album.digests) for kind, album in libraries(half, 0) if kind == "family"]
    assert drawn == again


def test_the_names_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text("2\nAda_L\t3\nGrace_H\t1\n\n", "utf-8")
    assert names_in(path) == ["Ada_L", "Grace_H"]
