"""Names from a folder of known people go to the groups that look like them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from facecluster.evaluate.people.known_people import Known
from facecluster.library.people.records import KnownPerson, People
from facecluster.records import Reason
from facecluster.who.known import known_names
from facecluster.who.sources import Sources
from tests.support.made_albums import make_faces, make_grouping

LABELS = [0, 0, 0, 1, 1, 2, 2, -1]
EYE = np.eye(4, dtype=np.float32)
FACES = replace(make_faces(range(8), dimension=4), embeddings=EYE[[0, 0, 0, 1, 1, 2, 2, 3]])
GROUPS = make_grouping(LABELS, [Reason.ALONE if x < 0 else Reason.PLACED for x in LABELS])
KNOWN = Known(("Ann", "Ben"), np.array([0, 1]), EYE[[0, 2]])


def test_groups_get_the_name_that_most_of_their_faces_have() -> None:
    assert known_names(FACES, GROUPS, KNOWN, 0.1) == {0: "Ann", 2: "Ben"}


def test_a_name_goes_to_one_group_alone() -> None:
    both = Known(("Ann",), np.array([0, 0]), EYE[[0, 1]])
    assert known_names(FACES, GROUPS, both, 0.1) == {0: "Ann"}


def test_who_has_a_name_keeps_it_and_who_is_known_is_found_again() -> None:
    people = People({7: KnownPerson(7, "Zoë"), 12: KnownPerson(12, "ben")}, last=20)
    sources = Sources(people=people, known=KNOWN, distance=0.1)
    found, ids = sources.name_by_known(FACES, GROUPS, people, (7, 8, 9))
    assert ids == (7, 8, 12)
    assert found == people
    found, ids = sources.name_by_known(FACES, GROUPS, People(), (7, 8, 9))
    assert ids == (7, 8, 9)
    assert {n: p.name for n, p in found.people.items()} == {7: "Ann", 9: "Ben"}
