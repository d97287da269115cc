"""Who imports whom among benchmarks, fitting and export, so that each can be read alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = ("benchmarks", "fitting", "export")  # what is in the checkout but not in the package
COMMON = "benchmarks.common"
# Beside the package: what each part may import. A room of benchmarks: itself and the common one.
MAY = {"fitting": {"fitting", COMMON}, "export": {"export"}}
MOST_LINES, MOST_MODULES = 300, 14


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for part in OUTSIDE for path in sorted((ROOT / part).rglob("*.py"))}
ROOMS = sorted(path.parent for path in (ROOT / "benchmarks").glob("*/__init__.py"))


def asked_for(source: str) -> Iterator[str]:
    """Full names of all that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(source: str, known: Mapping[str, object]) -> set[str]:
    """The modules among `known` that a file imports."""
    found = set()
    for name in asked_for(source):
        owner = name.rpartition(".")[0]
        found |= {name} if name in known else {owner} & known.keys()
    return found


GRAPH = {
    name: imported(path.read_text("utf-8"), MODULES) - {name} for name, path in MODULES.items()
}


def room_of(name: str) -> str:
    """`benchmarks.speed` for benchmarks.speed.runs; `fitting` for fitting.confidence."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "benchmarks" else parts[0]


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, none if there is no ring."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name not in done:
            for other in sorted(graph[name]):
                if found := walk(other, [*path, name]):
                    return found
            done.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(graph))), [])


@pytest.mark.parametrize("name", MODULES)
def test_a_room_imports_only_itself_and_the_common_one(name: str) -> None:
    own = room_of(name)
    allowed = MAY.get(own, {own, COMMON})
    assert {room_of(other) for other in GRAPH[name]} <= allowed


@pytest.mark.parametrize("name", MODULES)
def test_nobody_imports_what_is_there_to_be_run(name: str) -> None:
    assert not [other for other in GRAPH[name] if other.endswith(".__main__")]


def test_the_package_imports_none_of_them() -> None:
    for path in (ROOT / "facecluster").rglob("*.py"):
        assert not imported(path.read_text("utf-8"), MODULES), path


def test_no_circle() -> None:
    assert circle(GRAPH) == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_rooms_stay_small(room: Path) -> None:
    assert len(list(room.glob("*.py"))) <= MOST_MODULES
    assert (room / "__main__.py").is_file() == (name_of(room) != COMMON)
    assert all(len(file.read_text("utf-8").splitlines()) <= MOST_LINES for file in room.iterdir()
               if file.suffix == ".py")  # fmt: skip


def test_the_rules_would_notice() -> None:
    source = "from a import b\ndef f():\n    from a.c import d\n    import a.e.f\n"
    assert imported(source, {"a": 0, "a.b": 0, "a.c": 0, "a.e.f": 0}) == {"a.b", "a.c", "a.e.f"}
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
