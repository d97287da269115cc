"""Who imports whom, read from the source: also inside functions, and with the packages above."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support.sources import ROOT, tree_of

Graph = Mapping[str, set[str]]


def name_of(path: Path) -> str:
    """`facecluster.cluster.people` for its file; a package goes by its own name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules(*tops: str) -> dict[str, Path]:
    """Every module below these folders of the checkout, by name."""
    return {name_of(p): p for top in tops for p in sorted((ROOT / top).rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """Every module that the file may import, with full names; what is taken from a module is
    listed as if it were one of its submodules, too."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def graph(files: Mapping[str, Path]) -> dict[str, set[str]]:
    """By module, the modules among `files` that it imports, and the packages these lie in.

    Importing a module runs the packages above it first. Those above the importer itself are left
    out: they run in any case, before it does.
    """
    edges: dict[str, set[str]] = {}
    for name, path in files.items():
        wanted = {part for module in imported(path) for part in _lineage(module) if part in files}
        edges[name] = wanted - set(_lineage(name))
    return edges


def _lineage(module: str) -> list[str]:
    """The module and every package above it."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def circles(edges: Graph) -> list[list[str]]:
    """Groups of modules each of which imports the others in the end.

    The strongly connected components of more than one module: Tarjan, "Depth-first search and
    linear graph algorithms", SIAM Journal on Computing 1(2), 1972.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            place = stack.index(node)
            group = sorted(stack[place:])
            del stack[place:]
            if len(group) > 1:
                found.append(group)

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def above(ranks: Iterable[set[str]]) -> dict[str, int]:
    """The depth of each part in a list of layers, the top one first."""
    return {part: depth for depth, layer in enumerate(ranks) for part in layer}
