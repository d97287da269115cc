"""Rules find their faces: by picture and place, by their look where a file was encoded anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.identity import FaceKey, face_keys
from facecluster.library.people.contradictions import ContradictionError, check
from facecluster.library.people.records import Anchor, Hint, KnownPerson, People
from facecluster.library.people.resolve import resolve
from facecluster.records import PhotoRow
from tests.support.made_albums import make_faces
from tests.support.made_people import people

PHOTOS = [
    PhotoRow(f"{n}.jpg", f"{n:032x}", 1, 800, 600, image=f"{n:032x}", orientation=1 + n % 8)
    for n in range(6)
]
FACES = make_faces([0, 0, 1, 1, 2, 2, 3, 4, 5], dimension=16)
KEYS = face_keys(PHOTOS, FACES)
FILES, FOLDER = 2, 1


def zoe(*confirmed: int, rejected: tuple[int, ...] = (), **more) -> KnownPerson:
    keys = tuple(KEYS[n] for n in confirmed)
    return KnownPerson(14, "Zoë", (), None, keys, tuple(KEYS[n] for n in rejected), **more)


def test_by_picture_and_place() -> None:
    found = resolve(People({14: zoe(0, 4, rejected=(3,))}), PHOTOS, FACES)
    assert np.nonzero(found.person == 14)[0].tolist() == [0, 4]
    assert found.rules.same[[0, 4]].tolist() == [0, 0]
    assert found.rules.kept.nonzero()[0].tolist() == [0, 4]
    assert found.rules.apart.tolist() in ([[0, 3]], [[3, 4]])
    assert found.rejected == {14: frozenset({3})}
    assert (found.waiting, found.moved) == ((), {})


@pytest.mark.parametrize("ids", [(14, 15), (15, 14)])
def test_two_people_whose_boxes_meet_on_one_face_stay_two(ids: tuple[int, int]) -> None:
    moved = FaceKey.of(KEYS[0].image, (KEYS[0].box[0] + 0.02 * KEYS[0].box[2], *KEYS[0].box[1:]))
    first = KnownPerson(ids[0], "Ann", confirmed=(KEYS[4], KEYS[0]))
    second = KnownPerson(ids[1], "Ben", confirmed=(KEYS[6], moved))
    found = resolve(People({p.id: p for p in (first, second)}), PHOTOS, FACES)
    assert found.person[[0, 4, 6]].tolist() == [ids[0], ids[0], ids[1]]
    assert found.rules.same[0] == found.rules.same[4] != found.rules.same[6]
    assert [w.key for w in found.waiting] == [moved]


def test_another_detector_draws_other_boxes() -> None:
    boxes = FACES.boxes + FACES.boxes[:, [2, 3, 2, 3]] * [0.05, -0.04, 0.1, 0.08]
    found = resolve(People({14: zoe(0, 4)}), PHOTOS, replace(FACES, boxes=boxes.astype(np.float32)))
    assert np.nonzero(found.person)[0].tolist() == [0, 4]


def test_a_photo_that_is_gone_waits_and_says_so() -> None:
    faces = make_faces([0, 0], dimension=16)
    known = People({14: zoe(6)}, paths={KEYS[6]: "3.jpg"}, ignore=(KEYS[7],))
    found = resolve(known, PHOTOS[:1], faces)
    assert {(w.key, w.path, w.what) for w in found.waiting} == {
        (KEYS[6], "3.jpg", "is Zoë"),
        (KEYS[7], "", "is ignored"),
    }
    assert found.people == known


@pytest.mark.parametrize(("noise", "there"), [(0.02, True), (0.4, False)])
def test_a_file_that_was_encoded_anew_is_known_by_the_face(noise: float, there: bool) -> None:
    dice = np.random.default_rng(3)
    anchor = Anchor(KEYS[6], "3.jpg", FACES.embeddings[6] * 1.4)  # rows have scales
    photos = [replace(p, image="f" * 32) if p.path == "3.jpg" else p for p in PHOTOS]
    embeddings = FACES.embeddings.copy()
    embeddings[6] += dice.normal(size=16).astype(np.float32) * noise
    known = People({14: zoe(6)}, paths={KEYS[6]: "3.jpg"})
    found = resolve(known, photos, replace(FACES, embeddings=embeddings), [anchor])
    new = replace(KEYS[6], image="f" * 32)
    assert bool(found.person[6]) == there
    assert found.moved == ({KEYS[6]: new} if there else {})
    assert found.people.people[14].confirmed == ((new,) if there else (KEYS[6],))
    assert found.people.paths == {(new if there else KEYS[6]): "3.jpg"}


@pytest.mark.parametrize("width", [8, 32])
@pytest.mark.parametrize("path", ["3.jpg", "5.jpg"])
def test_an_anchor_of_another_width_is_no_likeness(width: int, path: str) -> None:
    photos = [replace(p, image="f" * 32) if p.path == "3.jpg" else p for p in PHOTOS]
    anchor = Anchor(KEYS[6], path, np.ones(width, np.float32))
    found = resolve(People({14: zoe(6)}, paths={KEYS[6]: path}), photos, FACES, [anchor])
    assert [w.key for w in found.waiting] == [KEYS[6]]
    assert found.moved == {}


def test_names_from_elsewhere_yield_to_the_hand() -> None:
    known = People({14: zoe(0, rejected=(2,))}, last=20)
    hints = [
        Hint(0, "Ann", FILES),  # confirmed otherwise
        Hint(2, "zoe\u0308", FILES),  # said not to be
        Hint(4, "ZOË", FILES),
        Hint(6, "Ben", FILES),
        Hint(6, "Carl", FOLDER),
        Hint(7, " ben ", FOLDER),
    ]
    found = resolve(known, PHOTOS, FACES, (), hints)
    assert found.person.tolist() == [14, 0, 0, 0, 14, 0, 21, 21, 0]
    assert found.people.people[21] == KnownPerson(21, "Ben")
    assert found.people.last == 21
    assert found.rules.same[0] == found.rules.same[4] >= 0
    assert found.rules.same[6] == found.rules.same[7] != found.rules.same[0]


def test_two_names_in_a_photo_are_two_people() -> None:
    hints = [Hint(0, "Ann", FILES), Hint(1, "Ben", FILES), Hint(2, "Ann", FILES)]
    found = resolve(People(), PHOTOS, FACES, (), hints)
    assert [0, 1] in found.rules.apart.tolist()
    assert found.rules.same[0] == found.rules.same[2] != found.rules.same[1]


@settings(max_examples=60, deadline=None)
@given(people(), st.randoms(use_true_random=False))
def test_no_rule_of_consistent_people_contradicts_another(made: People, dice) -> None:
    """Of rules that `check` lets pass: no pair that is to be kept apart is to be one."""
    try:
        check(made)
    except ContradictionError:
        return
    photos = [PhotoRow(f"{n}.jpg", f"{n:032x}", 1, 100, 100, image=f"{n:032x}") for n in range(31)]
    faces = make_faces(range(31))
    boxes = np.tile(np.array([[10, 20, 25, 30]], np.float32), (31, 1))
    hints = [Hint(dice.randrange(31), f"N{dice.randrange(4)}", FILES) for _ in range(6)]
    found = resolve(made, photos, replace(faces, boxes=boxes), (), hints)
    rules = found.rules
    for one, other in rules.apart.tolist():
        assert one != other
        assert rules.same[one] < 0 or rules.same[one] != rules.same[other]
    assert not (rules.ignored & rules.kept & (found.person > 0)).any()
    assert found.waiting == ()
    for number, person in made.people.items():
        rows = [int(key.image, 16) for key in person.confirmed]
        assert (found.person[rows] == number).all()
        assert len(set(rules.same[rows].tolist())) <= 1


@pytest.mark.parametrize("first", [14, 16])
def test_two_people_never_get_one_face_by_its_look(first: int) -> None:
    photos = [replace(p, image="f" * 32) if p.path == "3.jpg" else p for p in PHOTOS]
    other = replace(KEYS[6], image="e" * 32)
    nudged = FACES.embeddings[6] + 0.01 * FACES.embeddings[0]
    anchors = [Anchor(other, "3.jpg", nudged), Anchor(KEYS[6], "3.jpg", FACES.embeddings[6])]
    both = {first: replace(zoe(6), id=first), 15: KnownPerson(15, confirmed=(other,))}
    known = People({number: both[number] for number in sorted(both)})
    found = resolve(known, photos, FACES, anchors)
    assert found.person[6] == first
    assert not (found.person == 15).any()
    assert [w.key for w in found.waiting] == [other]


def test_who_has_only_a_cover_is_kept_apart_from_whom_it_is_not() -> None:
    only = KnownPerson(14, cover=KEYS[0], rejected=(KEYS[4], KEYS[0]))
    found = resolve(People({14: only}), PHOTOS, FACES)
    assert found.rules.apart.tolist() == [[0, 4]]
    owned = People({14: only, 15: KnownPerson(15, confirmed=(KEYS[0], KEYS[4]))})
    check(owned)  # the cover is somebody else's by now
    assert resolve(owned, PHOTOS, FACES).rules.apart.tolist() == []
    with pytest.raises(ContradictionError):
        check(People({14: only}, same=((KEYS[0], KEYS[4]),)))
