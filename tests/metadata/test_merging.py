"""Several sources of one photo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facecluster.identity import Box
from facecluster.metadata.limits import Limits
from facecluster.metadata.merging import merged
from facecluster.metadata.records import Region, Told

HERE, NEAR, AWAY = (0.1, 0.1, 0.2, 0.2), (0.11, 0.1, 0.2, 0.2), (0.6, 0.6, 0.2, 0.2)


def region(name: str | None, box: Box | None, source: str = "MWG") -> Region:
    return Region(name, box, source)


def told(*groups: list[Region], names: tuple[str, ...] = ()) -> Told:
    return merged(groups, names, (), "a.jpg")


def test_the_first_source_that_places_a_name_wins() -> None:
    ours, theirs = region("Zoë", HERE), region("ZOË", AWAY, "MP")
    assert told([ours], [theirs]).regions == (ours,)
    assert told([ours], [region("Ann", NEAR, "MP")]).regions == (ours,)
    other = region("Ann", AWAY, "MP")
    assert told([ours], [other]).regions == (ours, other)
    assert told([], [other], [ours]).regions == (other, ours)


def test_a_later_source_names_a_face_that_was_only_marked() -> None:
    assert told([region(None, HERE)], [region("Zoë", NEAR, "MP")]).regions == (
        region("Zoë", HERE, "MP"),
    )
    assert told([region("Zoë", HERE)], [region(None, NEAR)]).regions == (region("Zoë", HERE),)


def test_one_source_may_have_a_name_twice_and_the_same_entry_once() -> None:
    twice = [region("Zoë", HERE), region("Zoë", AWAY), region("Zoë", HERE)]
    assert told(twice).regions == tuple(twice[:2])


def test_names_without_a_place_are_those_that_no_area_has() -> None:
    found = told([region("Zoë", HERE), region("Ann", None)], names=("zoë", "Bob", "ann", "BOB"))
    assert found.names == ("Ann", "Bob")
    assert told([region("Zoë", None)], [region("Zoë", HERE)]).names == ()


def test_too_many_are_cut_and_said() -> None:
    few = Limits(regions=3)
    many = [region(str(n), (n / 10, 0.1, 0.05, 0.05)) for n in range(5)]
    found = merged([many], [], [], "x/a.jpg", few)
    assert found.regions == tuple(many[:3])
    assert found.problems == ("x/a.jpg: names more than 3 people; the rest is left out",)
    assert len(merged([many[:2], many[2:]], [], [], "a", few).regions) == 3
    assert len(merged([], map(str, range(5)), [], "a", few).names) == 3


BOXES = st.sampled_from([HERE, NEAR, AWAY, (0.3, 0.3, 0.1, 0.1), None])
REGIONS = st.builds(Region, st.sampled_from(["A", "a", "B", "C", None]), BOXES, st.just("MWG"))


@given(st.lists(st.lists(REGIONS, max_size=4), max_size=4), st.lists(st.sampled_from("AaBD")))
def test_every_name_is_kept_somewhere_unless_its_face_has_another(
    groups: list[list[Region]], names: list[str]
) -> None:
    found = merged(groups, names, (), "a.jpg")
    placed = {r.name.lower() for r in found.regions if r.name}
    loose = {name.lower() for name in found.names}
    assert len(loose) == len(found.names)
    assert not placed & loose
    assert loose | placed >= {name.lower() for name in names}
    assert loose | placed >= {r.name.lower() for g in groups for r in g if r.name and not r.box}
    first = next((g for g in groups if any(r.box for r in g)), [])
    assert {r for r in first if r.box and r.name} <= set(found.regions)
