"""Numbers and collaborators come through parameters: nobody reaches into our modules for them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.patches import patches
from tests.support.sources import ROOT, place, tree_of

PLACES = ("tests", "benchmarks", "fitting", "examples", "export")
FILES = sorted(
    path
    for folder in PLACES
    for path in (ROOT / folder).rglob("*.py")
    if path != Path(__file__)  # whose samples are what it looks for
)


def found_in(path: Path) -> list[tuple[int, str]]:
    """Patches of ours, and outside of tests every import of mocks, whatever they are put on."""
    tree = tree_of(path)
    mocks = [
        (node.lineno, "unittest.mock")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest")
    ]
    return [*patches(tree), *(() if place(path).startswith("tests/") else mocks)]


@pytest.mark.parametrize("path", FILES, ids=place)
def test_no_file_assigns_to_a_global_of_ours(path: Path) -> None:
    assert found_in(path) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from facecluster import group\nm.setattr(group, 'N', 1)", "facecluster.group"),
        ("import facecluster.group as g\nmock.patch.object(g, 'N', 1)", "facecluster.group"),
        ("import facecluster.group\nsetattr(facecluster.group, 'N', 1)", "facecluster.group"),
        ("def f(patch):\n    from benchmarks import x\n    x.N = 1", "benchmarks.x"),
        ("from fitting.a import b\nb.N += 1", "fitting.a.b"),
        ("m.setattr('facecluster.group.N', 1)", "facecluster.group"),
        ("with patch('export.parity.N', 1): ...", "export.parity"),
        ("from facecluster.a import TABLE\nm.setitem(TABLE, 'N', 1)", "facecluster.a.TABLE"),
        ("CODE = 'from facecluster import group\\ngroup.N = 0'", "facecluster.group"),
        ("from facecluster.a import Kind\nm.setattr(Kind, 'run', 1)", "facecluster.a.Kind"),
    ],
)
def test_a_patch_would_be_noticed(source: str, found: str) -> None:
    assert [name for _, name in patches(ast.parse(source))] == [found]


@pytest.mark.parametrize(
    "source",
    [
        "import os\nm.setattr(os, 'replace', fail)",
        "m.setattr('os.replace', fail)",
        "import sys\nm.setitem(sys.modules, 'torch', None)",
        "from facecluster.cli.common import streams\nm.setattr(streams.os, 'dup2', fail)",
        "m.setattr('facecluster.cli.common.streams.os.dup2', fail)",
        "from facecluster.group import group\nmade = group()\nmade.N = 1\nm.setattr(made, 'N', 1)",
        "m.setattr(display.live, 'refresh', list)",
    ],
)
def test_what_is_not_ours_may_be_patched(source: str) -> None:
    assert list(patches(ast.parse(source))) == []
