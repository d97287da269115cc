"""Modules that are loaded beside other work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from facecluster.base.ahead import load_ahead


def test_modules_are_there_when_the_thread_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("ahead_one", "ahead_two"):
        (tmp_path / f"{name}.py").write_text("LOADED = True\n")
        monkeypatch.delitem(sys.modules, name, raising=False)
    load_ahead("ahead_one", "ahead_two").join()
    assert sys.modules["ahead_one"].LOADED
    assert sys.modules["ahead_two"].LOADED


def test_what_is_missing_is_left_to_those_who_want_it(capfd: pytest.CaptureFixture[str]) -> None:
    load_ahead("ahead_nowhere", "json").join()
    assert capfd.readouterr() == ("", "")
