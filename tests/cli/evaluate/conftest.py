"""What tests of `facecluster evaluate` ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.colours import write_colours


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """A folder of class folders, one for each of COLOURS."""
    return write_colours(tmp_path / "colours")
