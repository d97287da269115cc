"""Albums made by hand that several tests group, mix and judge."""

from __future__ import annotations

import pytest

from benchmarks.common.albums import Album
from tests.support.labelled_albums import album_of


@pytest.fixture
def many() -> Album:
    """Like LFW: 700 people with one photo, a few with many."""
    alone = {f"alone {i}": 1 for i in range(700)}
    return album_of(alone | {"one": 230, "two": 210, "three": 125}, 1)


@pytest.fixture
def few() -> Album:
    """Like pins44: 30 people with up to 80 photos."""
    return album_of({f"person {i}": 80 - i for i in range(30)}, 2)
