"""Names that are empty, or longer than a file system takes, for every option that names a place."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import pytest

from facecluster.base.paths import too_long
from facecluster.cli.common.options import UserPath
from facecluster.cli.main import cli
from tests.support.commands import Run

LONG = "x" * 300
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has limits of its own")
# Before what an option names is looked at, so that every command ends there.
WHERE = {
    "group": ["group", "{}"],
    "group --out": ["group", ".", "--out", "{}"],
    "group --model": ["group", ".", "--model", "{}"],
    "group --config": ["group", ".", "--config", "{}"],
    "train": ["train", "{}"],
    "train --runs": ["train", "digits", "--runs", "{}"],
    "train --cache": ["train", "digits", "--cache", "{}"],
    "export": ["export", "{}"],
    "evaluate --images": ["evaluate", "--images", "{}"],
    "evaluate --roc": ["evaluate", "--roc", "{}"],
    "pairs": ["pairs", "{}"],
    "compare": ["compare", "{}", "{}"],
    "compare --picture": ["compare", __file__, __file__, "--picture", "{}"],
    "identify": ["identify", "{}", "--known", "."],
    "identify --known": ["identify", ".", "--known", "{}"],
    "identify --csv": ["identify", ".", "--known", ".", "--csv", "{}"],
    "model show": ["model", "show", "{}"],
}


def error(run: Run, command: list[str], value: str) -> str:
    """The sentence of a run that ends with exit code 2."""
    result = run(*(part.replace("{}", value) for part in command))
    assert (result.exit_code, result.stdout) == (2, "")
    line = result.stderr.splitlines()[-1]
    assert line.startswith("Error: ")
    assert "Traceback" not in result.stderr
    return line


@pytest.mark.parametrize("value", ["", " "], ids=repr)
@pytest.mark.parametrize("command", WHERE.values(), ids=list(WHERE))
def test_an_empty_name_is_refused(
    run: Run, command: list[str], value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert error(run, command, value).endswith(
        ": it is empty; give a name, or `.` for the folder you are in"
    )
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("value", [LONG, f"new/{LONG}/results", "a/" * 2500], ids=len)
@pytest.mark.parametrize("command", WHERE.values(), ids=list(WHERE))
def test_a_name_that_is_too_long_is_told(
    run: Run, command: list[str], value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = error(run, command, value)
    assert "is too long; give a shorter one" in line
    assert len(line) < 200
    assert list(tmp_path.iterdir()) == []


def test_every_place_is_such_a_path() -> None:
    """No command takes a file or folder without these checks."""
    context = cli.make_context("facecluster", ["--help"], resilient_parsing=True)
    commands = [cli.get_command(context, name) for name in cli.list_commands(context)]
    for command in commands:
        inner = command.commands.values() if isinstance(command, click.Group) else [command]
        for param in (param for one in inner if one is not None for param in one.params):
            assert isinstance(param.type, UserPath) == isinstance(param.type, click.Path), param


@posix
def test_a_photo_folder_whose_results_cannot_stand_beside_it(
    run: Run, party: Path, tmp_path: Path
) -> None:
    folder = party.rename(party.with_name("b" * 250))
    line = error(run, ["group", "{}"], str(folder))
    assert "of 257 letters is too long for results beside the photos" in line
    assert "--out" in line
    assert run("group", folder, "--out", tmp_path / "out").exit_code == 0


@posix
def test_a_photo_with_the_longest_name(run: Run, party: Path, tmp_path: Path) -> None:
    name = "c" * 251 + ".jpg"
    (party / "grace.jpg").rename(party / name)
    assert run("group", party).exit_code == 0
    assert len(list((tmp_path / "party-people").glob(f"people/*/{name}"))) == 1


@posix
@pytest.mark.parametrize(
    ("resume", "name"), [(LONG, "first"), ("a/" * 2500, "first"), (None, LONG)], ids=str
)
def test_runs_of_training(run: Run, tmp_path: Path, resume: str | None, name: str) -> None:
    runs = ["--runs", str(tmp_path / "runs")]
    asked = ["--resume", resume] if resume else ["digits", "--name", name]
    result = run("train", *asked, *runs)
    assert result.exit_code == 2
    assert "no such run" in result.stderr or "of 300 letters is too long" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="others count letters, not bytes")
def test_what_is_short_enough(tmp_path: Path) -> None:
    limit = os.pathconf(tmp_path, "PC_NAME_MAX")
    assert too_long(tmp_path / ("x" * limit)) == ""
    assert f"of {limit + 1} letters" in too_long(tmp_path / ("x" * (limit + 1)))
    assert "of 200 letters" in too_long(tmp_path / ("Ψ" * 200))  # of two bytes each
    assert too_long(tmp_path / "Ψ" / "new" / "one") == ""
    assert too_long(Path("/")) == too_long(Path(".")) == ""
