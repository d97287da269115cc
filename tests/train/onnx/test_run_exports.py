"""The list of exports in a run, and which files may be overwritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.errors import OutputError
from facecluster.train.onnx.run_exports import (
    ExportEntry,
    check_target,
    note_export,
    read_exports,
    run_of,
)

ENTRY = ExportEntry("/models/a.onnx", "00" * 32, "2026-01-31T12:00:00+01:00", True, False)


def test_the_newest_is_last_and_a_file_is_listed_once(tmp_path: Path) -> None:
    other = replace(ENTRY, path="/models/b.onnx", int8=True)
    again = replace(ENTRY, sha256="11" * 32)
    for entry in (ENTRY, other, again):
        note_export(tmp_path, entry)
    assert read_exports(tmp_path) == (other, again)
    assert [path.name for path in tmp_path.iterdir()] == ["exports.json"]


@pytest.mark.parametrize("content", ["", "{", "{}", '["x", null, {"path": 1}]', "5"])
def test_a_damaged_list_is_begun_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "exports.json").write_text(content)
    assert read_exports(tmp_path) == ()
    note_export(tmp_path, ENTRY)
    assert read_exports(tmp_path) == (ENTRY,)


def test_a_run_is_known_by_its_files(tmp_path: Path) -> None:
    assert run_of(tmp_path / "best.pt") == run_of(tmp_path / "last.pt") == tmp_path
    assert run_of(tmp_path / "copy.pt") is None
    (tmp_path / "history.csv").write_text("")
    assert run_of(tmp_path / "copy.pt") == tmp_path


def test_only_models_of_ours_are_overwritten(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    from facecluster.embed.shipped import shipped_model

    check_target(tmp_path / "new.onnx", force=False)
    ours, text, foreign = (tmp_path / name for name in ("ours.onnx", "letter.txt", "foreign.onnx"))
    ours.write_bytes(shipped_model("cpu").read_bytes())
    check_target(ours, force=False)
    text.write_text("Dear Sir or Madam")
    foreign.write_bytes((shipped_model("cpu").parent / "detector.onnx").read_bytes())
    for path in (text, foreign):
        with pytest.raises(OutputError, match="exists and is not a model of facecluster"):
            check_target(path, force=False)
        check_target(path, force=True)
    for force in (False, True):
        with pytest.raises(OutputError, match="is a folder; name a file"):
            check_target(tmp_path, force)
