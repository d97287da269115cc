"""Rooms that one can know: how large folders, files and functions may grow."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.support.imports import modules
from tests.support.sources import ROOT

TOPS = ("facecluster", "export", "fitting", "benchmarks", "examples")
MODULES_OF_A_FOLDER = 14  # beside its __init__.py
LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40  # without its docstring
FILES = modules(*TOPS)


def test_no_folder_holds_more_modules_than_one_can_keep_in_mind() -> None:
    counts = Counter(path.parent for path in FILES.values() if path.name != "__init__.py")
    assert {str(f.relative_to(ROOT)): n for f, n in counts.items() if n > MODULES_OF_A_FOLDER} == {}


@pytest.mark.parametrize("name", FILES)
def test_files_and_functions_stay_short(name: str) -> None:
    source = FILES[name].read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LINES_OF_A_FILE
    assert [f"{n} {where}" for where, n in lengths(source) if n > LINES_OF_A_FUNCTION] == []


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda p: p.stem)
def test_test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_FILE


def lengths(source: str) -> list[tuple[str, int]]:
    """Each function and how many lines it has, those of its docstring and decorators apart."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            told = node.body[0] if ast.get_docstring(node) is not None else None
            words = 0 if told is None else (told.end_lineno or 0) - told.lineno + 1
            found.append((node.name, node.end_lineno - node.lineno + 1 - words))
    return found


def test_the_measure_counts_lines_without_the_docstring() -> None:
    source = 'def f(\n    a: int,\n) -> int:\n    """One.\n\n    Two."""\n    return a\n'
    assert lengths(source) == [("f", 4)]
