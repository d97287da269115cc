"""Where runs live, and which of them is the newest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.errors import FaceclusterError, OutputError
from facecluster.train.run.folders import BEST, LAST, best_checkpoint, create_run, latest_run


def test_the_newest_run_is_latest(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    first = create_run(runs, "first", "digits")
    assert latest_run(runs) == first
    second = create_run(runs, None, "digits-tiny")
    assert second.name.startswith("digits-tiny-")
    assert latest_run(runs) == second
    assert (runs / "latest").resolve() == second.resolve()


def test_unnamed_runs_of_one_second_differ(tmp_path: Path) -> None:
    assert len({create_run(tmp_path, None, "x") for _ in range(3)}) == 3


def test_a_run_is_not_overwritten(tmp_path: Path) -> None:
    folder = create_run(tmp_path, "a", "x")
    (folder / LAST).write_bytes(b"kept")
    with pytest.raises(OutputError, match="`resume`"):
        create_run(tmp_path, "a", "x")
    with pytest.raises(OutputError, match="latest"):
        create_run(tmp_path, "latest", "x")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(OutputError, match="runs"):
        create_run(tmp_path / "runs", "a", "x")


def test_where_links_cannot_be_made_a_file_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "symlink", refuse)
    monkeypatch.setattr(Path, "symlink_to", refuse)
    for name in ("a", "b"):
        folder = create_run(tmp_path, name, "x")
        assert not (tmp_path / "latest").is_symlink()
        assert latest_run(tmp_path) == folder


def test_best_then_last_then_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FaceclusterError, match="facecluster train"):
        best_checkpoint(tmp_path)
    folder = create_run(tmp_path, "a", "x")
    with pytest.raises(FaceclusterError, match="no checkpoint yet"):
        best_checkpoint(tmp_path)
    (folder / LAST).write_bytes(b"")
    assert best_checkpoint(tmp_path) == folder / LAST
    (folder / BEST).write_bytes(b"")
    assert best_checkpoint(tmp_path) == folder / BEST
