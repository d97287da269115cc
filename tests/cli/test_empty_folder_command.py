"""`facecluster group` on a folder that was full and is empty now."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import Run
from tests.support.group_runs import state


def test_the_command_says_so_in_one_sentence(run: Run, party: Path, tmp_path: Path) -> None:
    assert run("group", party, "--include", "grace.jpg").exit_code == 0
    for photo in party.iterdir():
        photo.unlink()
    before = state(tmp_path / "party-people")
    for option in ("--quiet", "--json", "--verbose"):
        result = run("group", party, option)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            f"Error: {party}: results stay as they are, since an earlier run found 1 photo here "
            "and now there is none; mount the drive, or give --empty-ok if that is meant\n"
        )
    assert state(tmp_path / "party-people") == before
    result = run("group", party, "--empty-ok")
    assert result.exit_code == 0
    assert "No photos were found in this folder." in result.stdout
    (tmp_path / "facecluster.toml").write_text("empty-ok = true")
    assert run("group", party, "--config", tmp_path / "facecluster.toml").exit_code == 0
