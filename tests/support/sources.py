"""Our own source as syntax trees, for tests that read the code in the place of running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "facecluster"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path) -> str:
    """`facecluster/cluster/rules.py`: the path inside the repository, with slashes."""
    return path.relative_to(ROOT).as_posix()


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every string that the program uses; docstrings are left out.

    Text between the braces of an f-string comes as `{}`, so that a sentence stays in one piece.
    """
    skipped = {id(node) for statement in ast.walk(tree) for node in _docstring(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(map(id, node.values))
            yield node.lineno, "".join(map(_part, node.values))
        elif id(node) not in skipped and isinstance(node, ast.Constant):
            yield node.lineno, node.value if isinstance(node.value, str) else ""


def _docstring(node: ast.AST) -> list[ast.Constant]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr):
        value = node.body[0].value
        return [value] if isinstance(value, ast.Constant) else []
    return []


def _part(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "{}"
