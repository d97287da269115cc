"""Made-up faces and libraries of them, the work that is done on them, and what is said of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import gammaln

from benchmarks.scale import agreement, neighbour_recall, spread, synthetic, tables, trial
from benchmarks.scale.crowds import (
    GROW,
    POUR,
    Library,
    Shape,
    census,
    library,
    pitman_yor,
    spread_over_photos,
    whose,
)
from benchmarks.scale.faces import Libraries, bank_of, stand_ins
from benchmarks.scale.synthetic import Bank, Real
from facecluster.cluster.people import TRUSTED
from facecluster.cluster.search import neighbours

TABLE = ((1e-1, 0.1168), (1e-2, 0.0895), (1e-3, 0.0727), (1e-4, 0.0606))
DISTANCE = 0.061


@pytest.fixture(scope="module")
def real() -> Real:
    return stand_ins(0)


@pytest.fixture(scope="module")
def bank(real: Real) -> Bank:
    return bank_of([real], 0)


@pytest.fixture(scope="module")
def made(bank: Bank) -> Library:
    return library(bank, 1500, seed=3)


def test_the_same_seed_gives_the_same_library(bank: Bank, made: Library) -> None:
    again, other = library(bank, 1500, seed=3), library(bank, 1500, seed=4)
    assert np.array_equal(made.faces.embeddings, again.faces.embeddings)
    assert np.array_equal(made.people, again.people)
    assert not np.array_equal(made.faces.embeddings, other.faces.embeddings)


def test_a_library_is_what_its_shape_says(made: Library) -> None:
    faces = made.faces
    assert len(made) == len(faces) == 1500
    assert np.allclose(np.linalg.norm(faces.embeddings, axis=1), 1, atol=1e-5)
    assert made.poor.sum() == 195
    assert (made.quality[made.poor] < TRUSTED).all()
    assert np.bincount(made.people).max() <= 150
    assert (np.bincount(made.people)[made.people[made.poor]] == 1).all()
    pairs = np.stack([faces.photo, made.people], axis=1)
    assert len(np.unique(pairs, axis=0)) == 1500  # nobody twice in a photo
    assert (np.diff(faces.photo) >= 0).all()
    assert (
        faces.ordinal[1:] == np.where(np.diff(faces.photo) == 0, faces.ordinal[:-1] + 1, 0)
    ).all()
    assert faces.sizes.min() == 100


def test_sizes_of_people_fall_as_the_shape_says() -> None:
    people = whose(200_000, 200_000, Shape(exponent=2.0), np.random.default_rng(0))
    counts = np.bincount(np.bincount(people))
    assert len(people) == 200_000
    assert counts[1] / counts[2] == pytest.approx(4, rel=0.05)
    assert counts[1] / counts[4] == pytest.approx(16, rel=0.1)


def expected_people(count: int, discount: float, strength: float) -> float:
    """Pitman, "Combinatorial stochastic processes", 2006, section 3.3."""
    rising = gammaln(count + strength + discount) - gammaln(strength + discount)
    rising -= gammaln(count + strength) - gammaln(strength)
    return float(strength / discount * np.expm1(rising))


@pytest.mark.parametrize(("discount", "strength"), [(0.65, 150.0), (0.3, 5.0), (0.9, 1.0)])
def test_people_turn_up_as_often_as_the_process_says(discount: float, strength: float) -> None:
    """The same sum by hand: each face is new with the chance that the people so far give it."""
    by_hand = 0.0
    for seen in range(2000):
        by_hand += (strength + discount * by_hand) / (seen + strength)
    assert expected_people(2000, discount, strength) == pytest.approx(by_hand)
    random = np.random.default_rng(0)
    drawn = [pitman_yor(2000, discount, strength, random).max() + 1 for _ in range(300)]
    error = np.std(drawn) / np.sqrt(len(drawn))
    assert abs(np.mean(drawn) - by_hand) < 4 * error
    assert error < 0.03 * by_hand


def test_who_is_seen_next_has_the_chances_of_the_process() -> None:
    """All that can become of four faces, against the product of the chances of each step."""
    discount, strength, draws = 0.6, 0.8, 60_000
    random = np.random.default_rng(1)
    found = Counter(tuple(pitman_yor(4, discount, strength, random).tolist()) for _ in range(draws))
    ways = [(0,)]
    for _ in range(3):
        ways = [(*way, person) for way in ways for person in range(max(way) + 2)]
    assert set(found) == set(ways)
    for way in ways:
        chance = 1.0
        for seen, person in enumerate(way):
            sizes = Counter(way[:seen])
            new = strength + discount * len(sizes)
            weight = sizes[person] - discount if person in sizes else new
            chance *= weight / (seen + strength)
        assert found[way] / draws == pytest.approx(chance, abs=4 * np.sqrt(chance / draws))


def test_a_small_collection_is_the_start_of_a_large_one() -> None:
    large = pitman_yor(5000, 0.65, 150.0, np.random.default_rng(2))
    small = pitman_yor(700, 0.65, 150.0, np.random.default_rng(2))
    assert np.array_equal(small, large[:700])
    assert np.array_equal(np.unique(large, return_index=True)[1], np.nonzero(_firsts(large))[0])


def _firsts(people: Any) -> Any:
    """Where the highest number so far is one more than before: people are numbered as seen."""
    highest = np.maximum.accumulate(people)
    return np.diff(highest, prepend=-1) == 1


def test_a_grown_library_is_what_its_shape_says(bank: Bank) -> None:
    shape = Shape(growth=GROW, discount=0.3, strength=4.0)
    made, again = library(bank, 1500, 3, shape), library(bank, 1500, 3, shape)
    assert np.array_equal(made.faces.embeddings, again.faces.embeddings)
    assert np.array_equal(made.people, again.people)
    assert np.array_equal(made.faces.photo, again.faces.photo)
    assert made.poor.sum() == 195
    assert np.bincount(made.people).max() > 150
    pairs = np.stack([made.faces.photo, made.people], axis=1)
    assert len(np.unique(pairs, axis=0)) == 1500  # nobody twice in a photo


@pytest.mark.parametrize("growth", [POUR, GROW])
def test_people_of_a_small_library_are_in_a_larger_one(bank: Bank, growth: str) -> None:
    """Person i is around the same centre in both."""
    small, large = (library(bank, n, 3, Shape(growth, largest=30)) for n in (1000, 3000))
    faces = [made.faces.embeddings[~made.poor] for made in (small, large)]
    people = [made.people[~made.poor] for made in (small, large)]
    often = np.nonzero(np.bincount(people[0]) >= 10)[0]
    assert len(often) >= 3
    means = [
        np.stack([rows[who == i].mean(axis=0) for i in often])
        for rows, who in zip(faces, people, strict=True)
    ]
    nearest = (means[0] @ means[1].T / np.linalg.norm(means[1], axis=1)).argmax(axis=1)
    assert nearest.tolist() == list(range(len(often)))


def test_faces_find_seats_where_hardly_any_order_will_do() -> None:
    people = np.repeat(np.arange(4), 50)
    order, photo = spread_over_photos(people, Shape(faces=(0.0, 1.0)), np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(200))
    assert np.bincount(photo).tolist() == [2] * 100
    assert (people[order][::2] != people[order][1::2]).all()
    with pytest.raises(ValueError, match="more faces than there are photos"):
        spread_over_photos(
            np.repeat([0, 1], [101, 99]), Shape(faces=(0.0, 1.0)), np.random.default_rng(0)
        )


def test_a_library_comes_back_from_its_file(bank: Bank, tmp_path: Path) -> None:
    libraries = Libraries(bank, tmp_path, seed=1)
    path = libraries.path(200)
    stamp = path.stat().st_mtime_ns
    kept, drawn = libraries.load(200), library(bank, 200, seed=1)
    assert path.stat().st_mtime_ns == stamp
    assert np.array_equal(kept.faces.embeddings, drawn.faces.embeddings)
    assert np.array_equal(kept.quality, drawn.quality)
    assert kept.several == drawn.several == (np.bincount(drawn.people) > 1).sum()


def test_each_way_to_grow_has_files_of_its_own(bank: Bank, tmp_path: Path) -> None:
    shapes = [Shape(growth=POUR), Shape(growth=GROW), Shape(growth=GROW, strength=20.0)]
    paths = [Libraries(bank, tmp_path, 1, shape).path(200) for shape in shapes]
    assert len(set(paths)) == 3
    for path, shape in zip(paths, shapes, strict=True):
        made, told = library(bank, 200, 1, shape), census(path)
        sizes = np.bincount(made.people[~made.poor])
        assert told["people"] == len(sizes)
        assert (told["several"], told["largest"]) == (made.several, sizes.max())
        pairs = sum(n * (n - 1) / 2 for n in sizes.tolist())
        assert told["pairs"] == pytest.approx(pairs / sizes.sum())


def test_faces_lie_around_their_centre_as_far_as_those_of_the_donor(bank: Bank) -> None:
    random = np.random.default_rng(0)
    donor = 5
    own = bank.residuals[bank.starts[donor] : bank.starts[donor + 1]]
    centre = bank.means[0]
    faces, quality = synthetic.draw_faces(
        bank, np.tile(centre, (4000, 1)), np.full(4000, donor), random
    )
    variance = ((faces - faces.mean(axis=0)) ** 2).sum(axis=1).mean()
    assert variance == pytest.approx((own**2).sum(axis=1).mean(), rel=0.25)
    assert set(quality.tolist()) <= set(bank.quality.tolist())


def test_a_face_with_the_wrong_label_is_no_donors() -> None:
    random = np.random.default_rng(0)
    towards = np.eye(2, 16, dtype=np.float32)
    people = np.repeat([0, 1], 20)
    rows = towards[people] + 0.05 * random.standard_normal((40, 16)).astype(np.float32)
    named = people.copy()
    named[3] = 1
    few = np.concatenate([named, [-1] * 5])
    real = Real("two", np.concatenate([rows, rows[:5]]), np.ones(45, np.float32), few)
    first, second = synthetic.donor_rows(real)
    assert first.tolist() == [i for i in range(20) if i != 3]
    assert second.tolist() == list(range(20, 40))


def test_distances_are_those_of_a_slow_loop(made: Library) -> None:
    faces = made.faces.embeddings[:60]
    people = made.people[:60].astype(np.int64)
    apart = [1 - float(faces[i] @ faces[j]) for i in range(60) for j in range(i)
             if people[i] != people[j]]  # fmt: skip
    found = spread.between(faces, people, TABLE, 0)
    assert found["pairs"] == len(apart)
    for (_, edge), share in zip(TABLE, found["tail"], strict=True):
        assert share == pytest.approx(np.mean(np.array(apart) < edge), abs=2 / len(apart))
    inside = spread.within([faces[:2], faces[2:5]])
    pairs = [1 - float(faces[i] @ faces[j]) for i, j in ((0, 1), (2, 3), (2, 4), (3, 4))]
    assert inside["pairs"] == 4
    assert inside["quantiles"][3] == pytest.approx(np.median(pairs), abs=1e-6)


def test_made_up_faces_are_as_far_apart_as_those_they_are_drawn_around(real: Real) -> None:
    bank = bank_of([real], 0)
    told = spread.compare([real], bank, library(bank, 1500, seed=0), TABLE)
    first, drawn = (told["within"][f"stand-ins, {what}"] for what in ("donors", "made up"))
    assert (drawn["people"], drawn["faces"]) == (first["people"], first["faces"])
    assert drawn["quantiles"][3] == pytest.approx(first["quantiles"][3], rel=0.05)
    assert drawn["means"] == pytest.approx(first["means"], rel=0.1)
    middle = [
        np.interp(0.5, told["between"][name]["below"], range(spread.SHOWN + 1))
        for name in ("stand-ins", "made up")
    ]
    assert middle[0] == pytest.approx(middle[1], rel=0.05)


def test_recall_counts_what_the_graph_misses(
    made: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = neighbour_recall.recall(made, TABLE, DISTANCE, 10_000, 0)
    assert found["forced"]
    assert found["recall"] > 0.9
    whole = neighbours.near_pairs

    def half(*given: Any) -> neighbours.Pairs:
        first, second, gaps = whole(*given)
        return first[::2], second[::2], gaps[::2]

    monkeypatch.setattr(neighbours, "near_pairs", half)
    less = neighbour_recall.recall(made, TABLE, DISTANCE, 10_000, 0)
    assert less["true"] == found["true"] == 2 * found["pairs"]  # once from each end
    assert less["recall"] == pytest.approx(found["recall"] / 2, abs=0.01)


@pytest.mark.parametrize("method", agreement.METHODS)
def test_forms_agree_on_a_few_faces(made: Library, method: str) -> None:
    found = agreement.agree(made, method, TABLE, DISTANCE)
    assert set(found["ari"]) == set(agreement.FORMS[method])
    assert all(value > 0.95 for value in found["ari"].values())


def test_a_child_that_takes_too_long_is_ended(made: Library, tmp_path: Path) -> None:
    made.save(tmp_path / "made.npz")
    task = trial.Task("group", DISTANCE, TABLE)
    over = trial.run(tmp_path / "made.npz", task, limit=0.05)
    assert over == {"work": "group", "method": "auto", "state": "over the limit", "limit": 0.05}
    failed = trial.run(tmp_path / "no such.npz", task, limit=60)
    assert failed["state"] == "failed"
    assert "failed (exit code 1)" in tables.line(failed | {"growth": GROW, "faces": 10})
