"""docs/promises.md: each promise names tests, and each of them is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/promises.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def promises() -> list[str]:
    """The rows of all tables whose last column is headed `Test`."""
    rows, told = [], False
    for line in PAGE.splitlines():
        if not line.startswith("|"):
            told = False
        elif line == "| Promise | Test |":
            told = True
        elif told and not line.startswith("|---"):
            rows.append(line)
    return rows


def test_there_are_promises() -> None:
    assert len(promises()) > 20


@pytest.mark.parametrize("row", promises())
def test_each_promise_has_a_test(row: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py::\w+`", row.split("|")[2])


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_the_tests_are_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_readme_leads_to_them() -> None:
    assert "docs/promises.md" in (ROOT / "README.md").read_text("utf-8")
