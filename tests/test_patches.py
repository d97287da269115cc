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


# Files that still do; the list only ever gets shorter.
STILL = {
    "benchmarks/hard/gates.py",
    "benchmarks/scale/agreement.py",
    "benchmarks/scale/neighbour_recall.py",
    "fitting/constants.py",
    "tests/benchmarks/common/test_reliability.py",
    "tests/benchmarks/quality/test_peers.py",
    "tests/benchmarks/quality/test_tables.py",
    "tests/benchmarks/scale/test_scale.py",
    "tests/cli/export/test_command.py",
    "tests/cli/identify/test_command.py",
    "tests/cli/test_compare_command.py",
    "tests/cli/test_group_command.py",
    "tests/cluster/confidence/test_evidence.py",
    "tests/cluster/linkage/test_average.py",
    "tests/cluster/linkage/test_density_tree.py",
    "tests/cluster/methods/test_agglomerative.py",
    "tests/cluster/methods/test_kmeans.py",
    "tests/cluster/search/test_near_pairs.py",
    "tests/cluster/search/test_neighbours.py",
    "tests/cluster/test_rules.py",
    "tests/conftest.py",
    "tests/embed/test_anatomy.py",
    "tests/evaluate/test_pictures.py",
    "tests/export/test_dlib_resnet.py",
    "tests/export/test_yunet.py",
    "tests/faces/test_refine.py",
    "tests/library/test_migrations.py",
    "tests/library/test_tables.py",
    "tests/output/folders/test_sync.py",
    "tests/photos/test_read.py",
    "tests/test_group.py",
    "tests/test_group_again.py",
    "tests/train/data/test_load.py",
    "tests/train/data/test_pack.py",
    "tests/train/onnx/test_export.py",
    "tests/train/onnx/test_quantize.py",
    "tests/train/run/test_listeners.py",
    "tests/train/test_loop.py",
}


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
    assert bool(found_in(path)) == (place(path) in STILL), found_in(path)


def test_no_file_is_excused_that_is_gone() -> None:
    assert {name for name in STILL if not (ROOT / name).is_file()} == set()


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
        "from facecluster.cli import main\nm.setattr(main.os, 'dup2', fail)",
        "m.setattr('facecluster.cli.main.os.dup2', fail)",
        "from facecluster.group import group\nmade = group()\nmade.N = 1\nm.setattr(made, 'N', 1)",
        "m.setattr(display.live, 'refresh', list)",
    ],
)
def test_what_is_not_ours_may_be_patched(source: str) -> None:
    assert list(patches(ast.parse(source))) == []
