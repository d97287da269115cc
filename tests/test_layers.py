"""Imports point down only, nothing goes in circles, and what is heavy stays where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.imports import above, circles, graph, imported, modules

STAGES = {"photos", "faces", "embed", "cluster"}
# From the top: a part may import parts of the layers below its own, and itself.
LAYERS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"group", "train", "check"},
    {"who"},  # who is who: rules, groups, and the numbers that people keep
    {"evaluate"},  # figures that training validates with
    {"reading"},  # puts the stages to work for the index
    {"videos"},  # who is in a video, from the faces of its frames
    {"guard"},  # no photo ends a run
    {"output", "library", "metadata"},
    {"report"},
    STAGES,
    {"runtime", "combining"},  # ONNX sessions and their calls, shared by faces and embed
    {"external_data"},  # of ONNX files, which are never followed
    {"rules"},  # what is known of who is who before faces are grouped
    {"identity"},  # which face is which, whatever its file is called
    {"distances"},  # of rows whose length is a face's scale
    {"config", "records", "models"},
    {"base"},
    {"errors"},
]
# The same inside the parts that have rooms.
ROOMS: dict[str, list[set[str]]] = {
    "cli": [
        {"main", "group", "check", "compare", "identify", "pairs", "completion", "people"}
        | {"evaluate", "export", "model", "train"},
        {"common"},
    ],
    "cluster": [
        {"people", "warm"},
        {"copies", "said", "twice"},
        {"assign", "confidence", "methods", "numbering", "reasons"},
        {"linkage"},
        {"photo_rule", "false_accept_curve"},
        {"centroids", "tuning", "metrics"},
        {"base", "search"},
    ],
    "evaluate": [
        {"people", "verification"},
        {"pictures", "grouping", "calibration"},
    ],
    "library": [
        {"earlier", "reread", "run_lock"},
        {"index"},
        {"readings"},
        {"storage"},
        {"people"},
    ],
    "metadata": [
        {"read", "written"},
        {"picasa", "takeout", "sidecars", "merging", "matching"},
        {"xmp", "packets"},
        {"areas", "files", "names"},
        {"records", "namespaces", "limits"},
    ],
    "output": [
        {"write"},
        {"page", "folders", "table", "thumbnails"},
        {"private"},
    ],
    "photos": [
        {"apart"},
        {"read", "scan"},
        {"folder", "video"},
        {"formats", "globs", "memory"},
        {"exif", "frames", "jpeg", "quiet", "raw", "strips"},
        {"kinds"},
        {"modes", "reasons"},
    ],
    "report": [
        {"build", "document"},
        {"people"},
        {"changed", "copies", "doubts", "file_names", "left_out", "scatter"},
        {"rows"},
        {"records"},
    ],
    "train": [
        {"loop"},
        {"prepare", "onnx"},
        {"run"},
        {"losses", "plots", "recipes"},
        {"batch", "model", "optim"},
        {"material"},
        {"data", "backbones"},
        {"config", "history", "records", "distances"},
        {"plain", "pickles"},
    ],
}
RANK = above(LAYERS)
FILES = modules("facecluster")
EDGES = graph(FILES)


def part_of(module: str, depth: int = 1) -> str:
    """`cluster` for facecluster.cluster.people, `people` at depth 2; empty where there is none."""
    parts = module.split(".")
    return parts[depth] if len(parts) > depth else ""


@pytest.mark.parametrize("name", FILES)
def test_imports_point_down(name: str) -> None:
    own = part_of(name)
    for module in EDGES[name]:
        other = part_of(module)
        if other in ("", own):
            continue
        assert own in RANK, f"{own} has no layer: give it one in LAYERS"
        assert RANK[other] > RANK[own], f"{name} must not import {module}"


@pytest.mark.parametrize("name", [name for name in FILES if part_of(name, 2)])
def test_imports_point_down_inside_a_part(name: str) -> None:
    part, own = part_of(name), part_of(name, 2)
    rank = above(ROOMS.get(part, []))
    for module in EDGES[name]:
        other = part_of(module, 2)
        if part_of(module) != part or part not in ROOMS or other in ("", own):
            continue
        assert own in rank, f"{own} has no place in {part}: give it one in ROOMS"
        assert rank[other] > rank[own], f"{name} must not import {module}"


def test_every_part_with_rooms_ranks_them() -> None:
    packages = {n for n, path in FILES.items() if path.name == "__init__.py"}
    with_rooms = {part_of(name) for name in packages if part_of(name, 2)}
    assert with_rooms <= set(ROOMS)


def test_no_modules_import_each_other() -> None:
    assert circles(graph(modules("facecluster", "export", "fitting", "benchmarks"))) == []


@pytest.mark.parametrize("name", FILES)
def test_libraries_stay_where_they_belong(name: str) -> None:
    own = part_of(name)
    libraries = {module.split(".")[0] for module in imported(FILES[name])}
    if own != "cli":
        assert not libraries & {"click", "rich"}
    if own != "train":
        assert not libraries & {"torch", "torchvision"}
    if own not in STAGES | {"output", "report", "runtime", "train", "evaluate"}:
        assert not libraries & {"cv2", "PIL", "onnxruntime", "sklearn", "hdbscan", "scipy"}


def test_the_rules_would_notice(tmp_path: Path) -> None:
    source = "def f():\n    import torch.nn\n    from facecluster.cli import main\n"
    (tmp_path / "x.py").write_text(source)
    assert imported(tmp_path / "x.py") == {"torch.nn", "facecluster.cli", "facecluster.cli.main"}
    order = ["cli", "group", "evaluate", "output", "report", "faces", "records", "errors"]
    assert [RANK[part] for part in order] == sorted({RANK[part] for part in order})


def test_circles_are_found() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": {"f"}, "f": {"e"}, "g": set()}
    assert sorted(circles(edges)) == [["a", "b", "c"], ["e", "f"]]
