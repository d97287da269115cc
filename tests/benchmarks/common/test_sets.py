"""The mixes of the labelled sets: who is in them, decided by a seed."""

from __future__ import annotations

import pytest

from benchmarks.common import sets
from benchmarks.common.albums import Album


def test_singletons_are_strangers_and_regulars(many: Album, few: Album) -> None:
    mix = sets.singletons(many, few, seed=3)
    strangers = [n for n in mix.sizes if n.startswith("alone")]
    regulars = [n for n in mix.sizes if n.startswith("person")]
    assert (len(strangers), len(regulars)) == (500, 20)
    assert len(mix.sizes) == 520
    assert all(mix.sizes[name] == few.sizes[name] for name in regulars)


def test_the_album_has_each_size_once(many: Album, few: Album) -> None:
    album = sets.small_album(many, few, seed=3)
    people = {n: size for n, size in album.sizes.items() if not n.startswith("alone")}
    assert sorted(people.values(), reverse=True) == list(sets.ALBUM_SIZES)
    assert sum(n.startswith("alone") for n in album.sizes) == 100
    large = {n for n, size in people.items() if size > 80}
    assert large <= {"one", "two", "three"}
    assert len(set(album.digests)) == len(album)


@pytest.mark.parametrize("mix", [sets.singletons, sets.small_album])
def test_a_seed_decides_the_mix(mix, many: Album, few: Album) -> None:
    first, again, other = (mix(many, few, seed) for seed in (0, 0, 1))
    assert first.digests.tolist() == again.digests.tolist()
    assert set(first.digests) != set(other.digests)
