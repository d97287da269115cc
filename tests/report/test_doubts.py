"""The lists of people who may be one or several: ranked, capped, and empty without confidence."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from facecluster.records import Reason
from facecluster.report.doubts import (
    LISTED,
    MIXED,
    person_chances,
    probably_mixed,
    probably_same,
)
from facecluster.report.records import Person
from tests.support.made_albums import make_confidence, make_grouping

CHANCES = st.floats(0, 1, width=32)


def placed(people: int):
    return make_grouping(list(range(people)), [Reason.PLACED] * people)


def records(chances):
    return [
        Person(i, None, None, 1, 1, 0, None, chance, (0,))
        for i, chance in enumerate(chances, start=1)
    ]


@given(st.data(), st.integers(2, 30))
def test_pairs_are_ranked_and_none_is_lost(data, people):
    known = st.lists(st.sampled_from(list(combinations(range(people), 2))), unique=True)
    pairs = [(*pair, data.draw(CHANCES)) for pair in data.draw(known)]
    listed = probably_same(make_confidence(placed(people), [0.9] * people, pairs))
    chances = [entry.confidence for entry in listed]
    assert chances == sorted(chances, reverse=True)
    assert len(listed) == min(len(pairs), LISTED)
    rounded = {(a + 1, b + 1): round(chance, 4) for a, b, chance in pairs}
    for entry in listed:
        assert rounded[entry.people] == entry.confidence


@given(st.permutations([(0, 1, 0.5), (0, 2, 0.5), (3, 1, 0.75), (2, 3, 0.5)]))
def test_pairs_of_one_chance_come_by_number(pairs):
    listed = probably_same(make_confidence(placed(4), [0.9] * 4, pairs))
    assert [entry.people for entry in listed] == [(2, 4), (1, 2), (1, 3), (3, 4)]


@given(st.lists(st.none() | CHANCES.map(lambda chance: round(chance, 4)), max_size=2 * LISTED))
def test_mixed_people_are_exactly_the_unlikely_ones(chances):
    listed = probably_mixed(records(chances))
    found = [(entry.confidence, entry.person) for entry in listed]
    assert found == sorted(found)
    wanted = [(c, i) for i, c in enumerate(chances, start=1) if c is not None and c < MIXED]
    assert found == sorted(wanted)[:LISTED]


def test_lists_end_at_the_cap():
    people = LISTED + 20
    pairs = [(0, i, 0.9 - i / 1000) for i in range(1, people)]
    grouping = make_confidence(placed(people), [0.1] * people, pairs)
    assert [entry.people for entry in probably_same(grouping)] == [
        (1, i + 1) for i in range(1, LISTED + 1)
    ]
    assert [e.person for e in probably_mixed(records(person_chances(grouping)))] == [
        *range(1, LISTED + 1)
    ]


def test_the_schema_knows_the_cap():
    text = files("facecluster.report").joinpath("report.schema.json").read_text("utf-8")
    lists = json.loads(text)["properties"]
    assert [lists[f"probably_{kind}"]["maxItems"] for kind in ("same", "mixed")] == [LISTED] * 2


def test_without_confidence_there_is_nothing_to_doubt():
    grouping = placed(3)
    assert person_chances(grouping) == [None] * 3
    assert probably_same(grouping) == probably_mixed(records([None] * 3)) == []
