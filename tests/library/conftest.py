"""An index of its own for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from facecluster.library.index import FILE, Index
from tests.support.readings import READER


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "out" / FILE


@pytest.fixture
def opened(db: Path) -> Callable[..., Index]:
    """Opens the index of this test."""

    def make(reader: str = READER, keep: bool = True) -> Index:
        return Index(db, reader, keep)

    return make
