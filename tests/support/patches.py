"""Finds where a file assigns to a global of one of our own modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from tests.support.sources import ROOT, tree_of

OURS = ("facecluster", "benchmarks", "export", "fitting", "examples", "tests")
# How a patch is called: monkeypatch.setattr, mock.patch, patch.object, patch.dict and so on.
SETTERS = {"setattr", "delattr", "setitem", "delitem", "patch", "object", "multiple", "dict"}


def patches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of every object of ours to which the file assigns an attribute or item:
    `monkeypatch.setattr(module, ...)`, `patch("module.name")`, `patch.object(module, ...)`,
    `setattr(module, ...)`, `monkeypatch.setitem(module.TABLE, ...)`, `module.name = value`.

    Names are followed through the imports, those of our modules as well: what turns out to be
    another library's (`ours.os`) does not count, nor does what a test made itself. Programs in
    texts, which run in processes of their own, are read as well.
    """
    known = dict(_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _last(node.func) in SETTERS:
            found = [_text(node.args[0]) or _name(node.args[0], known)]
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            parts = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = [_name(p.value, known) for p in parts if isinstance(p, ast.Attribute)]
        else:
            yield from _in_text(node)
            continue
        yield from ((node.lineno, name) for name in map(_resolved, found) if _is_ours(name))


def _in_text(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
        with suppress(SyntaxError):  # a sentence, or half a program
            yield from ((node.lineno, name) for _, name in patches(ast.parse(node.value)))


def _last(function: ast.expr) -> str:
    """`setattr` for `monkeypatch.setattr` and for `setattr`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _text(node: ast.expr) -> str:
    """The object whose attribute a text names: "facecluster.group" for "facecluster.group.N"."""
    text = node.value if isinstance(node, ast.Constant) else ""
    return text.rpartition(".")[0] if isinstance(text, str) else ""


def _name(node: ast.expr, known: dict[str, str]) -> str:
    """The full name of what leads away from an imported name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        inner = _name(node.value, known)
        return f"{inner}.{node.attr}" if inner else ""
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names that a file imports anywhere, and the full names of what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OURS


def _resolved(name: str) -> str:
    """The name where it is defined, when it was reached through a module that only imports it."""
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        imported = _imports_of(".".join(parts[:end])).get(parts[end])
        if imported and imported != ".".join(parts[: end + 1]):
            return _resolved(".".join([imported, *parts[end + 1 :]]))
    return name


@cache
def _imports_of(module: str) -> dict[str, str]:
    """Those of one of our modules; none for other names."""
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return dict(_imports(tree_of(file))) if _is_ours(module) and file.is_file() else {}
