"""docs/architecture.md speaks of the code as it is."""

from __future__ import annotations

import re
from itertools import takewhile

import pytest

from tests.support.sources import PACKAGE, ROOT

PAGE = ROOT / "docs" / "architecture.md"
TEXT = PAGE.read_text(encoding="utf-8")
# What a walk asks the reader to make.
NOT_YET = {
    "cluster/linkage/complete.py",
    "cluster/methods/complete.py",
    "train/losses/supcon.py",
    "tests/train/losses/test_supcon.py",
    "output/parquet.py",
    "benchmarks/camera/__main__.py",
    "benchmarks/camera/templates/*.md.j2",
    "tests/benchmarks/camera/",
}
PLACES = sorted(set(re.findall(r"`((?:[\w*]+/)+[\w.*]*|[a-z_]+\.py)`", TEXT)) - NOT_YET)


def stands(place: str) -> bool:
    """In the package, beside it, or somewhere inside a part that the sentence has named before."""
    if any((base / place).exists() for base in (PACKAGE, ROOT)):
        return True
    return any(any(base.rglob(place.rstrip("/"))) for base in (PACKAGE, ROOT / "benchmarks"))


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_is_named_exists(place: str) -> None:
    assert stands(place)


def test_what_is_to_be_made_is_not_there_yet() -> None:
    assert [
        place for place in NOT_YET if (ROOT / place).exists() or (PACKAGE / place).exists()
    ] == []


def test_every_part_of_the_package_is_named() -> None:
    parts = [path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()]
    assert [name for name in parts if f"{name}/" not in TEXT and f"`{name}`" not in TEXT] == []


def test_the_walks_are_numbered_steps() -> None:
    part = TEXT.split("## Where the next line belongs")[1].split("## Glossary")[0]
    walks = [line for line in part.splitlines() if line.startswith("**A new ")]
    assert len(walks) == 5
    for walk in walks:
        rest = part.split(walk)[1].splitlines()[1:]
        steps = takewhile(lambda line: not line.startswith("**"), rest)
        assert sum(bool(re.match(r"\d\. ", line)) for line in steps) >= 3
