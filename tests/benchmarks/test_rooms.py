"""Who imports whom among benchmarks, fitting and export, so that each can be read alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.imports import graph, modules, name_of
from tests.support.sources import ROOT

OUTSIDE = ("benchmarks", "fitting", "export")  # what is in the checkout but not in the package
COMMON = "benchmarks.common"
# Beside the package: what each part may import. A room of benchmarks: itself and the common one.
MAY = {"fitting": {"fitting", COMMON}, "export": {"export"}}
GRAPH = graph(modules("facecluster", *OUTSIDE))
BESIDE = [name for name in GRAPH if name.split(".")[0] in OUTSIDE]
ROOMS = sorted(path.parent for path in (ROOT / "benchmarks").glob("*/__init__.py"))


def room_of(name: str) -> str:
    """`benchmarks.speed` for benchmarks.speed.runs; `fitting` for fitting.confidence."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "benchmarks" else parts[0]


@pytest.mark.parametrize("name", BESIDE)
def test_a_room_imports_only_itself_and_the_common_one(name: str) -> None:
    own = room_of(name)
    allowed = {*MAY.get(own, {own, COMMON}), "facecluster", "benchmarks"}  # the bare package
    assert {room_of(other) for other in GRAPH[name]} <= allowed


@pytest.mark.parametrize("name", BESIDE)
def test_nobody_imports_what_is_there_to_be_run(name: str) -> None:
    assert not [other for other in GRAPH[name] if other.endswith(".__main__")]


def test_the_package_imports_none_of_them() -> None:
    package = {other for name in GRAPH if name not in BESIDE for other in GRAPH[name]}
    assert not package & set(BESIDE)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_is_there_to_be_run_unless_all_share_it(room: Path) -> None:
    assert (room / "__main__.py").is_file() == (name_of(room / "__init__.py") != COMMON)
