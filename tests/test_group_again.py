"""A second run costs what changed: faces are grouped again only where something is different."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facecluster import group as group_module
from facecluster.cluster.people import find_people
from facecluster.config import ClusterConfig, OutputConfig, Settings
from facecluster.group import group
from facecluster.library.index import FILE

pytestmark = pytest.mark.usefixtures("open_models")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(output=OutputConfig(tmp_path / "out"))


@pytest.fixture
def grouped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of faces of every grouping that is worked out."""
    counts: list[int] = []

    def spy(faces: Any, *rest: Any) -> Any:
        counts.append(len(faces))
        return find_people(faces, *rest)

    monkeypatch.setattr(group_module, "find_people", spy)
    return counts


def result(report: dict[str, Any]) -> dict[str, Any]:
    """The report without what differs from run to run."""
    run = {key: report["run"][key] for key in report["run"] if key not in ("started", "seconds")}
    return report | {"run": run}


def test_an_unchanged_library_is_not_grouped_again(
    party: Path, settings: Settings, grouped: list[int]
) -> None:
    first = group(party, settings)
    assert grouped == [6]
    second = group(party, settings)
    assert grouped == [6]
    assert result(second) == result(first)
    assert first["summary"]["people"] == 2


def test_a_kept_grouping_says_what_a_fresh_one_says(
    party: Path, settings: Settings, tmp_path: Path
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
    party: Path, settings: Settings, grouped: list[int], change: dict[str, Any]
) -> None:
    group(party, settings)
    group(party, replace(settings, cluster=ClusterConfig(**change)))
    assert grouped == [6, 6]


def test_settings_of_the_output_do_not(
    party: Path, settings: Settings, grouped: list[int], tmp_path: Path
) -> None:
    group(party, settings)
    output = OutputConfig(tmp_path / "out", link="none", unsure=False)
    group(party, replace(settings, output=output, threads=3))
    assert grouped == [6]


def test_another_version_groups_again(
    party: Path, settings: Settings, grouped: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    group(party, settings)
    monkeypatch.setattr(group_module, "GROUPING_VERSION", -1)
    group(party, settings)
    monkeypatch.setattr(group_module, "__version__", "9")
    group(party, settings)
    assert grouped == [6, 6, 6]


def lose(party: Path) -> None:
    (party / "grace.jpg").unlink()


def replace_faces(party: Path) -> None:
    (party / "sea.jpg").write_bytes((party / "grace.jpg").read_bytes() + b"\0")


@pytest.mark.parametrize(("change", "faces"), [(lose, 5), (replace_faces, 7)])
def test_a_changed_photo_groups_again(
    party: Path,
    settings: Settings,
    grouped: list[int],
    tmp_path: Path,
    change: Callable[[Path], None],
    faces: int,
) -> None:
    group(party, settings)
    change(party)
    again = group(party, settings)
    assert grouped == [6, faces]
    fresh = group(party, replace(settings, output=OutputConfig(tmp_path / "fresh")))
    assert again["people"] == fresh["people"]
    assert again["faces"] == fresh["faces"]


def test_a_photo_with_another_name_does_not(
    party: Path, settings: Settings, grouped: list[int]
) -> None:
    group(party, settings)
    (party / "both.jpg").rename(party / "zusammen.jpg")
    report = group(party, settings)
    assert grouped == [6]
    assert "zusammen.jpg" in {face["photo"] for face in report["faces"]}
    assert report["summary"]["people"] == 2


def test_a_damaged_grouping_is_made_again(
    party: Path, settings: Settings, grouped: list[int], tmp_path: Path
) -> None:
    first = group(party, settings)
    with closing(sqlite3.connect(tmp_path / "out" / FILE)) as raw, raw:
        (data,) = raw.execute("SELECT data FROM grouping").fetchone()
        raw.execute("UPDATE grouping SET data = ?", (data[:200] + b"?" + data[201:],))
    for _ in range(2):
        assert result(group(party, settings)) == result(first)
    assert grouped == [6, 6]


def test_a_run_that_fails_while_writing_has_not_grouped_for_nothing(
    party: Path, settings: Settings, grouped: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **rest: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(group_module, "write_all", full)
        with pytest.raises(OSError, match="No space left"):
            group(party, settings)
    assert group(party, settings)["summary"]["people"] == 2
    assert grouped == [6]


def test_a_dry_run_uses_what_is_kept_and_keeps_nothing(
    party: Path, settings: Settings, grouped: list[int]
) -> None:
    group(party, settings)
    other = replace(settings, cluster=ClusterConfig(min_photos=1), dry_run=True)
    group(party, replace(settings, dry_run=True))
    group(party, other)
    group(party, settings)
    assert grouped == [6, 6]  # the first run and the dry one of other settings
