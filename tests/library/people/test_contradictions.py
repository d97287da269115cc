"""What cannot hold together is refused, and all else is not."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given

from facecluster.library.people.contradictions import ContradictionError, check
from facecluster.library.people.records import KnownPerson, People
from tests.support.made_people import face, people


def contradicts(made: People) -> bool:
    """By closing the relation 'is the same as' until nothing is added."""
    same = {(key, key) for p in made.people.values() for key in p.confirmed}
    for person in made.people.values():
        same |= set(product(person.confirmed, person.confirmed))
    same |= {pair for a, b in made.same for pair in ((a, b), (b, a), (a, a), (b, b))}
    while True:
        more = {(a, d) for a, b in same for c, d in same if b == c} - same
        if not more:
            break
        same |= more
    apart = set(made.different)
    for person in made.people.values():
        apart |= set(product(person.confirmed[:1], person.rejected))
    for one, other in combinations(made.people.values(), 2):
        apart |= set(product(one.confirmed, other.confirmed))
    confirmed = {key for p in made.people.values() for key in p.confirmed}
    return any(a == b or (a, b) in same for a, b in apart) or bool(confirmed & set(made.ignore))


@given(people())
def test_brute_force_says_the_same(made: People) -> None:
    try:
        check(made)
        found = False
    except ContradictionError:
        found = True
    assert found == contradicts(made)


def test_the_chain_is_told_face_by_face() -> None:
    paths = {face(n): f"{n}.jpg" for n in range(5)}
    zoe = KnownPerson(14, "Zoë", confirmed=(face(0), face(1)))
    ann = KnownPerson(15, "Ann", confirmed=(face(3),))
    made = People({14: zoe, 15: ann}, same=((face(1), face(2)), (face(2), face(3))), paths=paths)
    with pytest.raises(ContradictionError) as caught:
        check(made, lambda key: (int(key.image, 16) + 10,))
    assert str(caught.value) == (
        "people.toml contradicts itself, so nothing was changed: 0.jpg, line 10 - 1.jpg, line 11 "
        "(both are Zoë) - 2.jpg, line 12 (they are the same person) - 3.jpg, line 13 (they are the "
        "same person), but Zoë and Ann are two people; take one of these back"
    )


def test_a_face_cannot_be_and_not_be_somebody() -> None:
    zoe = KnownPerson(14, "Zoë", confirmed=(face(0), face(1)), rejected=(face(1),))
    with pytest.raises(ContradictionError, match="the second is not Zoë"):
        check(People({14: zoe}))
