"""A second run costs what changed: faces are grouped again only where something is different.

A kept grouping is told from a fresh one by a note that the test writes into it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from facecluster import __version__
from facecluster.config import ClusterConfig, OutputConfig, Settings
from facecluster.errors import OutputError
from facecluster.group import OpenReader
from facecluster.group import group as group_photos
from facecluster.library.index import FILE, Index
from facecluster.library.storage.groupings import pack, unpack
from facecluster.photos.scan import scan
from facecluster.report.records import Report
from facecluster.who.find import GROUPING_VERSION, who_is_who
from facecluster.who.sources import Sources
from tests.support.replaced import on_replace

Group = Callable[..., Report]
KEPT = "This grouping was kept."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(output=OutputConfig(tmp_path / "out"))


@pytest.fixture
def group(open_models: OpenReader) -> Group:
    return partial(group_photos, open_reader=open_models)


def mark(settings: Settings) -> None:
    """Write the note into the grouping that is kept."""
    with closing(sqlite3.connect(settings.output.folder / FILE)) as raw, raw:
        [(data,)] = raw.execute("SELECT data FROM grouping").fetchall()
        raw.execute("UPDATE grouping SET data = ?", (pack(replace(unpack(data), notes=(KEPT,))),))


def result(report: Report) -> Report:
    """The report without what differs from run to run."""
    return replace(report, run=replace(report.run, started="", seconds={}))


def test_an_unchanged_library_is_not_grouped_again(
    party: Path, settings: Settings, group: Group
) -> None:
    first = group(party, settings)
    second = group(party, settings)
    assert result(second) == result(first)
    assert first.summary.people == 2
    mark(settings)
    assert KEPT in group(party, settings).notes
    assert KEPT in group(party, settings).notes


def test_a_kept_grouping_says_what_a_fresh_one_says(
    party: Path, settings: Settings, group: Group, tmp_path: Path
) -> None:
    group(party, settings)
    kept = group(party, settings)
    with closing(sqlite3.connect(tmp_path / "out" / FILE)) as raw, raw:
        assert raw.execute("DELETE FROM grouping").rowcount == 1
    assert result(group(party, settings)) == result(kept)


@pytest.mark.parametrize(
    "change",
    [
        {"distance": 0.03},
        {"method": "agglomerative"},
        {"min_photos": 1},
        {"min_face": 21},
        {"allow_twice": True},
        {"seed": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_setting_groups_again(
    party: Path, settings: Settings, group: Group, change: dict[str, Any]
) -> None:
    group(party, settings)
    mark(settings)
    report = group(party, replace(settings, cluster=ClusterConfig(**change)))
    assert KEPT not in report.notes


def test_settings_of_the_output_do_not(
    party: Path, settings: Settings, group: Group, tmp_path: Path
) -> None:
    group(party, settings)
    mark(settings)
    output = OutputConfig(tmp_path / "out", link="none", unsure=False)
    assert KEPT in group(party, replace(settings, output=output, threads=3)).notes


def test_another_version_groups_again(
    party: Path, settings: Settings, group: Group, open_models: OpenReader
) -> None:
    group(party, settings)
    mark(settings)
    reader = open_models(settings.read)
    with Index(settings.output.folder / FILE, reader.id, keep=False) as index:
        loaded = index.load(scan(party, settings.scan).files, {})
        ask = partial(who_is_who, index, *loaded, settings, reader.embedder.spec, Sources())
        assert KEPT in ask().grouping.notes
        assert KEPT not in ask(versions=(GROUPING_VERSION + 1, __version__)).grouping.notes
        assert KEPT not in ask(versions=(GROUPING_VERSION, "9")).grouping.notes


def lose(party: Path) -> None:
    (party / "grace.jpg").unlink()


def replace_faces(party: Path) -> None:
    (party / "sea.jpg").write_bytes((party / "grace.jpg").read_bytes() + b"\0")


@pytest.mark.parametrize(("change", "faces"), [(lose, 5), (replace_faces, 7)])
def test_a_changed_photo_groups_again(
    party: Path,
    settings: Settings,
    group: Group,
    tmp_path: Path,
    change: Callable[[Path], None],
    faces: int,
) -> None:
    group(party, settings)
    mark(settings)
    change(party)
    again = group(party, settings)
    assert KEPT not in again.notes
    assert again.summary.faces == faces
    fresh = group(party, replace(settings, output=OutputConfig(tmp_path / "fresh")))
    # The same groups; only the numbers of people are those that they had.
    assert [person.faces for person in again.people] == [p.faces for p in fresh.people]
    plain = {"person": None, "nearest": None}
    assert [replace(f, **plain) for f in again.faces] == [replace(f, **plain) for f in fresh.faces]


def test_a_photo_with_another_name_does_not(party: Path, settings: Settings, group: Group) -> None:
    group(party, settings)
    mark(settings)
    (party / "both.jpg").rename(party / "zusammen.jpg")
    report = group(party, settings)
    assert KEPT in report.notes
    assert "zusammen.jpg" in {face.photo for face in report.faces}
    assert report.summary.people == 2


def test_a_damaged_grouping_is_made_again(
    party: Path, settings: Settings, group: Group, tmp_path: Path
) -> None:
    first = group(party, settings)
    mark(settings)
    with closing(sqlite3.connect(tmp_path / "out" / FILE)) as raw, raw:
        (data,) = raw.execute("SELECT data FROM grouping").fetchone()
        raw.execute("UPDATE grouping SET data = ?", (data[:200] + b"?" + data[201:],))
    assert result(group(party, settings)) == result(first)
    mark(settings)
    assert KEPT in group(party, settings).notes


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE face SET embedding = zeroblob(length(embedding)) WHERE id = 1",
        "UPDATE photo SET digest = (SELECT max(digest) FROM photo)",
        "UPDATE content SET width = width + 1",
        "DELETE FROM face WHERE id = 3",
    ],
)
def test_a_damaged_index_does_not_change_who_is_who(
    party: Path, settings: Settings, group: Group, tmp_path: Path, change: str
) -> None:
    first = group(party, settings)
    with closing(sqlite3.connect(tmp_path / "out" / FILE)) as raw, raw:
        assert raw.execute(change).rowcount
    for dry in (True, False, False):
        assert result(group(party, replace(settings, dry_run=dry))).people == first.people
    mark(settings)
    assert KEPT in group(party, settings).notes


def test_a_run_that_fails_while_writing_has_not_grouped_for_nothing(
    party: Path, settings: Settings, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, target: Path) -> None:
        if target.name == "faces.csv":
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        on_replace(patch, before=full)
        with pytest.raises(OutputError, match="the disk is full"):
            group(party, settings)
    mark(settings)
    report = group(party, settings)
    assert report.summary.people == 2
    assert KEPT in report.notes


def test_a_dry_run_uses_what_is_kept_and_keeps_nothing(
    party: Path, settings: Settings, group: Group
) -> None:
    group(party, settings)
    mark(settings)
    other = replace(settings, cluster=ClusterConfig(min_photos=1), dry_run=True)
    assert KEPT in group(party, replace(settings, dry_run=True)).notes
    assert KEPT not in group(party, other).notes
    assert KEPT in group(party, settings).notes
