"""The peers against loops, hand-made graphs and dlib itself."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality import peers
from facecluster.cluster.metrics import bcubed


def unit(points: np.ndarray) -> np.ndarray:
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def crowd(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Eight people far apart, 3 to 24 faces each: unit rows and whose they are."""
    who = np.repeat(np.arange(8), [3, 6, 9, 12, 15, 18, 21, 24])
    centres = unit(rng.normal(size=(8, 128)))
    return unit(centres[who] + rng.normal(size=(len(who), 128)) * 0.012), who


def at_angles(*degrees: float) -> np.ndarray:
    """Unit rows in the plane: two of them are as far apart as their angles say."""
    turned = np.radians(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def slow_finch(points: np.ndarray) -> np.ndarray:
    """The adjacency of Sarfraz et al., entry by entry, and its components by colouring."""
    count = len(points)
    alike = points @ points.T
    np.fill_diagonal(alike, -np.inf)
    first = alike.argmax(axis=1)
    linked = [
        [first[i] == j or first[j] == i or first[i] == first[j] for j in range(count)]
        for i in range(count)
    ]
    labels = np.arange(count)
    for _ in range(count):
        for i in range(count):
            labels[i] = min(labels[j] for j in range(count) if j == i or linked[i][j])
    return labels


@pytest.mark.parametrize("name", [name for name in peers.PEERS if not name.startswith("FINCH")])
def test_every_peer_tells_clear_people_apart(name: str, crowd) -> None:
    points, who = crowd
    found = peers.PEERS[name](points, 0.06)
    large = np.bincount(who)[who] >= 6  # a smallest group of 5 may leave the smallest out
    assert bcubed(who[large], found[large]).f == 1


@pytest.mark.parametrize("name", peers.PEERS)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_every_peer_takes_next_to_nothing(name: str, count: int) -> None:
    assert len(peers.PEERS[name](at_angles(*range(count)).reshape(count, 2), 0.06)) == count


def test_thresholds_scale_with_the_length_of_the_vectors() -> None:
    apart = 0.5 / peers.DLIB_LENGTH  # of unit rows
    angle = np.degrees(2 * np.arcsin(apart / 2))
    for factor, together in ((0.99, True), (1.01, False)):
        points = at_angles(0, angle * factor)
        for name in ("face-grouper (DBSCAN 0.5, 2)", "Chinese whispers 0.5"):
            first, second = peers.PEERS[name](points, 0.06)
            assert (first == second and first >= 0) == together


def test_whispers_find_two_rings_of_friends_with_one_link() -> None:
    # Five near 0 and five near 60 degrees; 19 degrees is as far as a whisper carries.
    limit = 19.0
    points = at_angles(0, 2, 4, 6, 8, 60, 62, 64, 66, 68)
    distance = 2 * np.sin(np.radians(limit) / 2) * peers.DLIB_LENGTH
    for seed in range(5):
        labels = peers.chinese_whispers(points, distance, seed)
        assert len(set(labels[:5])) == len(set(labels[5:])) == 1
        assert labels[0] != labels[5]


def test_whispers_end_where_nobody_would_change(crowd) -> None:
    points = np.concatenate([crowd[0], unit(crowd[0][::7] + 0.03)])
    labels = peers.chinese_whispers(points, 0.5)
    graph = peers.near(points, peers.cosine(peers.from_dlib(0.5))).toarray()
    for node in range(len(points)):
        heard = np.bincount(labels[graph[node]], minlength=len(points))
        assert not graph[node].any() or heard[labels[node]] == heard.max()
    np.testing.assert_array_equal(labels, peers.chinese_whispers(points, 0.5))


def test_whispers_as_dlib_hears_them(crowd) -> None:
    dlib = pytest.importorskip("dlib")
    points, _ = crowd
    scaled = [dlib.vector(row) for row in (points * peers.DLIB_LENGTH).astype(float)]
    theirs = dlib.chinese_whispers_clustering(scaled, 0.5)
    assert bcubed(theirs, peers.chinese_whispers(points, 0.5)).f == 1


def test_near_is_every_pair(rng: np.random.Generator) -> None:
    points = unit(rng.normal(size=(30, 3)))
    wanted = 1 - points @ points.T <= 0.4
    np.fill_diagonal(wanted, False)
    np.testing.assert_array_equal(peers.near(points, 0.4, block=7).toarray(), wanted)


def test_finch_is_its_definition(rng: np.random.Generator) -> None:
    points = unit(rng.normal(size=(40, 4)))
    first = peers.finch(points, 1, block=7)
    assert bcubed(slow_finch(points), first).f == 1
    means = unit(np.stack([points[first == g].sum(axis=0) for g in range(first.max() + 1)]))
    assert bcubed(slow_finch(means)[first], peers.finch(points, 2, block=7)).f == 1


def test_finch_by_hand_and_its_last_partition() -> None:
    points = at_angles(0, 1, 2.5, 30, 31, 80, 82)
    assert peers.finch(points, 1).tolist() == [0, 0, 0, 1, 1, 2, 2]
    # One more would put all into one group, so the first stays, however often it is asked.
    assert peers.finch(points, 9).tolist() == peers.finch(points, 1).tolist()


def test_linkage_cuts_at_the_mean_distance() -> None:
    # 0 and 10 degrees join at 1 - cos 10; their mean distance to 20 is that of 10 and 20 degrees.
    pair, mean = (1 - np.cos(np.radians(a)) for a in (10, 20))
    join = (pair + mean) / 2
    points = at_angles(0, 10, 20)
    assert len(set(peers.average_linkage(points, join * 1.01).tolist())) == 1
    assert len(set(peers.average_linkage(points, join * 0.99).tolist())) == 2
