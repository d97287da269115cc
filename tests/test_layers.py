"""Imports point down only, and what is heavy or for the screen stays where it belongs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "facecluster"
STAGES = {"photos", "faces", "embed", "cluster"}
# From the top: a part may import parts of the layers below its own, and itself.
LAYERS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"group", "train"},
    {"evaluate"},  # figures that training validates with
    {"reading"},  # puts the stages to work for the index
    {"output", "library"},
    {"report"},  # the result of a run, made by no writer and read by all of them
    STAGES,
    {"runtime", "combining"},  # ONNX sessions and their calls, shared by faces and embed
    {"config", "records", "models"},
    {"base"},  # what any part may use
    {"errors"},
]
RANK = {part: depth for depth, layer in enumerate(LAYERS) for part in layer}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """`cluster` for facecluster.cluster.search.blocks; empty for facecluster itself."""
    return [*module.split("."), ""][1]


def imported(path: Path) -> set[str]:
    """Every module that the file imports, also inside functions, with full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            found.add(node.module)
            if node.module == "facecluster":
                found.update(f"facecluster.{alias.name}" for alias in node.names)
    return found


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    own = part_of(name_of(path))
    for module in imported(path):
        if not module.startswith("facecluster."):
            continue
        other = part_of(module)
        if other in ("__version__", own):
            continue
        assert own in RANK, f"{own} has no layer: give it one in LAYERS"
        assert RANK[other] > RANK[own], f"{name_of(path)} must not import {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_stay_where_they_belong(path: Path) -> None:
    own = part_of(name_of(path))
    libraries = {module.split(".")[0] for module in imported(path)}
    if own != "cli":
        assert not libraries & {"click", "rich"}
    if own != "train":
        assert not libraries & {"torch", "torchvision"}
    if own not in STAGES | {"output", "runtime", "train", "evaluate"}:
        assert not libraries & {"cv2", "PIL", "onnxruntime", "sklearn", "hdbscan", "scipy"}


def test_the_rules_would_notice(tmp_path: Path) -> None:
    source = "def f():\n    import torch.nn\n    from facecluster.cli import main\n"
    (tmp_path / "x.py").write_text(source)
    assert imported(tmp_path / "x.py") == {"torch.nn", "facecluster.cli"}
    assert (
        RANK["cli"]
        < RANK["group"]
        < RANK["evaluate"]
        < RANK["output"]
        < RANK["faces"]
        < RANK["errors"]
    )
