"""What tests share lies in tests/support; conftest.py files hold fixtures and are not imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import ROOT, place, tree_of

FILES = sorted((ROOT / "tests").rglob("*.py"))


def borrowed(tree: ast.Module) -> Iterator[str]:
    """The modules of tests that a file imports and that are not there to be imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "tests" and any(p == "conftest" or p[:5] == "test_" for p in parts):
                yield name


@pytest.mark.parametrize("path", FILES, ids=place)
def test_nobody_imports_from_tests_or_conftests(path: Path) -> None:
    assert list(borrowed(tree_of(path))) == []


def test_a_loan_would_be_noticed() -> None:
    source = "from tests.cli.conftest import Run\nimport tests.cli.test_help as t\nimport pytest\n"
    source += "from tests.support.commands import Run\nfrom tests.cli import test_help\n"
    found = list(borrowed(ast.parse(source)))
    assert found == ["tests.cli.conftest.Run", "tests.cli.test_help", "tests.cli.test_help"]
