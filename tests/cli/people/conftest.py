"""What tests of names and corrections ask for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from facecluster.library.people.document import FILE
from facecluster.report.document import read_report
from facecluster.report.records import Report
from tests.support.commands import Run
from tests.support.made_albums import Album
from tests.support.two_people import Say, make_results


@pytest.fixture
def made(tmp_path: Path) -> Album:
    """Photos, and Photos-people with a report of them."""
    return make_results(tmp_path)


@pytest.fixture
def report(made: Album) -> Report:
    return read_report(made.out / "report.json")


@pytest.fixture
def say(run: Run, made: Album) -> Say:
    """Runs `facecluster people PHOTOS ARGUMENTS`."""
    return partial(run, "people", made.root)


@pytest.fixture
def toml(made: Album) -> Callable[[], bytes]:
    """The bytes of people.toml, none where there is no such file."""

    def read() -> bytes:
        path = made.out / FILE
        return path.read_bytes() if path.exists() else b""

    return read
