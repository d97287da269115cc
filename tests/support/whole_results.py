"""Results of a run, made once and put back for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from facecluster.group import OpenReader, group
from tests.support.group_runs import to


@dataclass(frozen=True)
class Results:
    """root: the photos. out: the results, which a test may change."""

    root: Path
    out: Path


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory,
    party_photos: dict[str, bytes],
    open_models: OpenReader,
) -> Results:
    base = tmp_path_factory.mktemp("whole")
    (base / "party").mkdir()
    for name, data in party_photos.items():
        (base / "party" / name).write_bytes(data)
    settings = to(base / "party-people", link="copy")
    group(base / "party", settings, open_reader=open_models)
    shutil.copytree(base / "party-people", base / "saved")
    return Results(base / "party", base / "party-people")


@pytest.fixture
def results(made: Results) -> Iterator[Results]:
    yield made
    shutil.rmtree(made.out)
    shutil.copytree(made.out.with_name("saved"), made.out)
