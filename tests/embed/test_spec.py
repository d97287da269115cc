"""A model's spec survives its metadata, and whatever is wrong is named by its key."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.embed.spec import PREFIX, Crowding, ModelSpec, others
from facecluster.errors import ModelError

POINTS = ((30.0, 40.0), (70.0, 40.0), (50.0, 60.0), (35.0, 80.0), (65.0, 80.0))
SPEC = ModelSpec(
    name="small",
    crop_size=112,
    template=POINTS,
    dimension=64,
    far_table=((0.1, 0.5), (0.001, 0.25)),
    measured_on="2,000 pairs",
    distance=0.2,
    licence="MIT",
    provenance="trained here",
    training_data="drawn faces, naïve",
)


def changed(**values: object) -> dict[str, str]:
    entries = {PREFIX + key: json.dumps(value) for key, value in values.items()}
    return SPEC.to_metadata() | entries


def test_round_trip() -> None:
    assert ModelSpec.from_metadata(SPEC.to_metadata()) == SPEC


@given(
    st.integers(8, 2048),
    st.floats(0.01, 1.9),
    st.text(min_size=1).filter(str.strip),
    st.lists(st.floats(0.0, 2.0), max_size=5),
)
def test_round_trip_of_any_values(crop_size, distance, name, distances) -> None:
    table = tuple((10.0**-i, d) for i, d in enumerate(sorted(distances, reverse=True), 1))
    spec = dataclasses.replace(
        SPEC, crop_size=crop_size, distance=distance, name=name, far_table=table
    )
    assert ModelSpec.from_metadata(spec.to_metadata()) == spec


def test_keys_of_others_are_left_alone() -> None:
    assert ModelSpec.from_metadata(SPEC.to_metadata() | {"author": "somebody"}) == SPEC


@pytest.mark.parametrize(
    "key",
    [
        "spec",
        *(f.name for f in dataclasses.fields(ModelSpec) if f.name not in ("align", "crowding")),
    ],
)
def test_missing_key_is_named(key) -> None:
    metadata = SPEC.to_metadata()
    del metadata[PREFIX + key]
    with pytest.raises(ModelError, match=rf"facecluster\.{key} is missing"):
        ModelSpec.from_metadata(metadata)


@pytest.mark.parametrize("version", [3, 0, 1.5, "1", "2", True, None, [2]])
def test_unknown_version_is_refused(version) -> None:
    with pytest.raises(ModelError, match=r"facecluster\.spec: version"):
        ModelSpec.from_metadata(changed(spec=version))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("crop_size", 0),
        ("crop_size", 112.5),
        ("crop_size", True),
        ("crop_size", None),
        ("template", POINTS[:4]),
        ("template", [[1, 2, 3]] * 5),
        ("template", [["a", 2]] * 5),
        ("template", "five points"),
        ("dimension", -1),
        ("far_table", [[0.1, 0.2], [0.01, 0.3]]),
        ("far_table", [[0.01, 0.2], [0.1, 0.1]]),
        ("far_table", [[0, 0.2]]),
        ("far_table", {"0.1": 0.2}),
        ("measured_on", 3),
        ("distance", 0),
        ("distance", 2.5),
        ("distance", float("nan")),
        ("distance", "0.2"),
        ("name", " "),
        ("licence", ""),
        ("provenance", []),
        ("training_data", {}),
        ("colour_order", "BGR"),
        ("metric", "euclidean"),
        ("distance", 10**400),
        ("distance", 1e-300),
        ("template", [[10**400, 2]] * 5),
        ("template", [[4, 4]] * 5),
        ("template", [[x, 4] for x in range(5)]),
        ("far_table", [[0.1, 10**400]]),
        ("far_table", [[10**400, 0.1]]),
        ("far_table", [[None, None]]),
        ("far_table", [[[1], [2]]]),
        ("name", "\ud800"),
        ("licence", "x" * 100_000),
    ],
)
def test_wrong_value_is_refused_by_its_key(key, value) -> None:
    with pytest.raises(ModelError, match=rf"^facecluster\.{key}: must be"):
        ModelSpec.from_metadata(changed(**{key: value}))


def test_damaged_json_is_named() -> None:
    for odd in ("{", "", "1" * 5000, "[" * 100_000, '{"a":' * 100_000, "\ud800"):
        with pytest.raises(ModelError, match=r"facecluster\.name: not JSON") as caught:
            ModelSpec.from_metadata(SPEC.to_metadata() | {"facecluster.name": odd})
        assert len(str(caught.value)) < 200


def test_a_file_that_does_not_say_takes_faces() -> None:
    assert PREFIX + "align" not in SPEC.to_metadata()
    assert ModelSpec.from_metadata(SPEC.to_metadata()).align == "faces"
    whole = dataclasses.replace(SPEC, align="none")
    assert ModelSpec.from_metadata(whole.to_metadata()) == whole
    with pytest.raises(ModelError, match="align"):
        ModelSpec.from_metadata(whole.to_metadata() | {PREFIX + "align": '"cats"'})


CROWDED = dataclasses.replace(SPEC, crowding=Crowding(0.75, 0.04, 100, "strangers, naïve"))


def test_crowding_makes_version_2_and_nothing_else_does() -> None:
    assert json.loads(SPEC.to_metadata()[PREFIX + "spec"]) == 1
    assert PREFIX + "crowding" not in SPEC.to_metadata()
    assert json.loads(CROWDED.to_metadata()[PREFIX + "spec"]) == 2
    assert ModelSpec.from_metadata(CROWDED.to_metadata()) == CROWDED


def test_a_version_that_does_not_fit_crowding_is_refused() -> None:
    with pytest.raises(ModelError, match=r"^facecluster\.crowding is missing"):
        ModelSpec.from_metadata(changed(spec=2))
    with pytest.raises(ModelError, match=r"^facecluster\.crowding: belongs to version 2"):
        ModelSpec.from_metadata(CROWDED.to_metadata() | {PREFIX + "spec": "1"})


GOOD = {"exponent": 0.75, "typical": 0.04, "nearest": 100, "fitted_on": ""}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "0.75",
        {},
        {key: GOOD[key] for key in ("exponent", "typical", "nearest")},
        GOOD | {"more": 1},
        GOOD | {"exponent": 0},
        GOOD | {"exponent": -0.5},
        GOOD | {"exponent": 2.5},
        GOOD | {"exponent": True},
        GOOD | {"exponent": "0.75"},
        GOOD | {"exponent": float("nan")},
        GOOD | {"typical": 0},
        GOOD | {"typical": 3},
        GOOD | {"typical": float("inf")},
        GOOD | {"nearest": 0},
        GOOD | {"nearest": 1.5},
        GOOD | {"nearest": 10**400},
        GOOD | {"fitted_on": None},
        GOOD | {"fitted_on": "x" * 100_000},
        GOOD | {"fitted_on": "\ud800"},
    ],
)
def test_wrong_crowding_is_refused_by_its_key(value: object) -> None:
    with pytest.raises(ModelError, match=r"^facecluster\.crowding: must be an object of"):
        ModelSpec.from_metadata(changed(spec=2, crowding=value))


def test_others_are_what_no_spec_ever_says() -> None:
    foreign = {"author": "somebody", "facecluster.note": "x"}
    assert others(CROWDED.to_metadata() | foreign) == foreign
