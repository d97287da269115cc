"""Records as plain values: there and back, and what is refused."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.train.plain import from_plain, to_plain


@dataclass(frozen=True, slots=True)
class Leaf:
    kind: Literal["oak", "elm"]
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Tree:
    name: str
    leaves: tuple[Leaf, ...] = ()
    crown: Leaf = field(default_factory=lambda: Leaf("elm"))
    place: Path | None = None
    old: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a tree needs a name")


leaves = st.builds(
    Leaf, st.sampled_from(["oak", "elm"]), st.floats(allow_nan=False, allow_infinity=False)
)
trees = st.builds(
    Tree,
    st.text(min_size=1),
    st.lists(leaves, max_size=3).map(tuple),
    leaves,
    st.none() | st.sampled_from([Path("a"), Path("b/c.txt")]),
    st.booleans(),
)


@given(trees)
def test_a_record_comes_back_whole_through_json(tree: Tree) -> None:
    assert from_plain(Tree, json.loads(json.dumps(to_plain(tree)))) == tree


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "name"),
        ({"name": 3}, "name"),
        ({"name": ""}, "a tree needs a name"),
        ({"name": "a", "colour": "red"}, "there is no colour"),
        ({"name": "a", "crown": {"kind": "elm", "hue": 1}}, "there is no hue"),
        ({"name": "a", "leaves": [{"kind": "elm"}, {"kind": "ash"}]}, r"'ash' - at `\$\.leaves"),
        ({"name": "a", "leaves": [{"kind": "elm"}, {"kind": "oak", "hue": 1}]}, "no hue"),
        ({"name": "a", "place": 3}, "place"),
        ({"name": "a", "old": "True"}, "old"),
        ([], "object"),
    ],
)
def test_what_does_not_fit_is_named(values: object, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        from_plain(Tree, values)


def test_text_gives_numbers_and_truths() -> None:
    assert from_plain(Leaf, {"kind": "oak", "size": "-inf"}, text=True) == Leaf("oak", -math.inf)
    assert math.isnan(from_plain(Leaf, {"kind": "oak", "size": "nan"}, text=True).size)
    assert from_plain(Tree, {"name": "3", "old": "True"}, text=True) == Tree("3", old=True)


def test_what_a_dictionary_holds_is_checked_too() -> None:
    made = from_plain(dict[str, Leaf], {"a": {"kind": "oak"}})
    assert made == {"a": Leaf("oak")}
    with pytest.raises(ValueError, match="no hue"):
        from_plain(dict[str, Leaf], {"a": {"kind": "oak", "hue": 1}})
