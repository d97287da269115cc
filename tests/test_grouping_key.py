"""What a kept grouping depends on: settings, model, versions, and every number of the tuning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.config import ClusterConfig
from facecluster.embed.spec import ModelSpec
from facecluster.who.find import made_from


def changed(value: Any) -> Any:
    """Another value of the same type."""
    return (*value, value[-1]) if isinstance(value, tuple) else value * 2


def variants(tuned: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """One for each number in it, with only that number changed, under its name."""
    for field in fields(tuned):
        value, name = getattr(tuned, field.name), f"{path}{field.name}"
        if is_dataclass(value):
            for inner, other in variants(value, f"{name}."):
                yield inner, replace(tuned, **{field.name: other})
        else:
            yield name, replace(tuned, **{field.name: changed(value)})


VARIANTS = dict(variants(DEFAULT))
VERSIONS = (1, "1.0")


@pytest.fixture
def spec() -> ModelSpec:
    return ModelSpec(
        name="toy",
        crop_size=112,
        template=((30.0, 30.0), (70.0, 30.0), (50.0, 50.0), (35.0, 70.0), (65.0, 70.0)),
        dimension=8,
        far_table=((1e-2, 0.09), (1e-3, 0.07)),
        measured_on="nothing",
        distance=0.06,
        licence="CC0-1.0",
        provenance="made up",
        training_data="none",
    )


def test_there_is_nothing_but_numbers() -> None:
    assert {"gate.trusted", "auto.some", "search.probes", "search.blocks.rows"} <= set(VARIANTS)
    assert len(VARIANTS) > 50


@pytest.mark.parametrize("name", VARIANTS)
def test_any_other_number_makes_another_key(spec: ModelSpec, name: str) -> None:
    shipped = made_from(ClusterConfig(), spec, DEFAULT, VERSIONS)
    assert made_from(ClusterConfig(), spec, VARIANTS[name], VERSIONS) != shipped
    assert made_from(ClusterConfig(), spec, Tuning(), VERSIONS) == shipped


def test_settings_model_and_versions_make_another_key(spec: ModelSpec) -> None:
    keys = [
        made_from(ClusterConfig(), spec, DEFAULT, VERSIONS),
        made_from(ClusterConfig(seed=1), spec, DEFAULT, VERSIONS),
        made_from(ClusterConfig(), replace(spec, distance=0.5), DEFAULT, VERSIONS),
        made_from(ClusterConfig(), spec, DEFAULT, (2, "1.0")),
        made_from(ClusterConfig(), spec, DEFAULT, (1, "1.1")),
    ]
    assert len(set(keys)) == len(keys)
