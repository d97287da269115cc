"""How often one person is missed, by distances made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.alike.missed import gaps, missed, seed_of
from benchmarks.common.albums import Album
from tests.support.labelled_albums import album_of


def turned(sizes: dict[str, int], degrees: list[float], scale: float = 1.0) -> Album:
    """An album whose middle face of photo n points that way, `scale` long."""
    album = album_of(sizes, 1)
    angles = np.radians(degrees)[album.faces.photo]
    rows = scale * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rows[album.faces.ordinal > 0] = -1, 0
    return replace(album, faces=replace(album.faces, embeddings=rows.astype(np.float32)))


def cosine_distance(degrees: float) -> float:
    return float(1 - np.cos(np.radians(degrees)))


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_gaps_are_those_of_the_two_pictures(scale: float) -> None:
    album = turned({"a": 2, "b": 2, "c": 2}, [0, 10, 50, 50, 20, 50], scale)
    wanted = [scale**2 * cosine_distance(degrees) for degrees in (10, 0, 30)]
    np.testing.assert_allclose(gaps(album), wanted, atol=1e-6)


def test_a_picture_without_a_face_has_no_gap() -> None:
    album = turned({"a": 2, "b": 2}, [0, 10, 0, 10])
    hidden = album.faces.photo != 2
    table = album.faces
    faces = type(table)(**{n: getattr(table, n)[hidden] for n in table.__slots__})
    found = gaps(replace(album, faces=faces))
    assert np.isnan(found).tolist() == [False, True]


def test_every_person_weighs_alike() -> None:
    album = turned({"a": 2, "b": 3, "c": 1}, [0, 40, 0, 10, 40, 0])
    limits = {"near": cosine_distance(5), "far": cosine_distance(35)}
    told = missed(album, limits)
    # a: 40; b: 10, 30 and 40 degrees; c has no pair.
    assert told == {"near": 1.0, "far": pytest.approx((1 + 1 / 3) / 2), "people": 2}


def test_nobody_with_two_pictures_says_nothing() -> None:
    told = missed(turned({"a": 1, "b": 1}, [0, 0]), {"near": 0.1})
    assert told["people"] == 0
    assert np.isnan(told["near"])


def test_seeds_differ_by_picture_turn_and_seed() -> None:
    seeds = {seed_of(d, t, s) for d in ("aa", "ab") for t in range(5) for s in range(3)}
    assert len(seeds) == 30
    assert seed_of("aa", 1, 2) == seed_of("aa", 1, 2) >= 0
