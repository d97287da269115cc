"""Help and completion of a command whose folder and command may be left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facecluster.cli.people.command import COMMANDS, people_command
from tests.support.commands import Run
from tests.support.imports import imported, modules

HEAVY = {"numpy", "rich", "msgspec", "tomlkit", "filelock"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_without_a_folder(run: Run, name: str) -> None:
    for arguments in ((name, "--help"), ("no/where", name, "-h")):
        result = run("people", *arguments)
        assert result.exit_code == 0
        assert f"people PHOTOS {name} " in result.stdout
        assert "  facecluster people ~/Photos" in result.stdout
        assert max(map(len, result.stdout.splitlines())) <= 80
    for parameter in COMMANDS[name].params:
        if parameter.param_type_name == "option":
            assert getattr(parameter, "help", None), (name, parameter.name)


def test_every_command_is_listed_whole(run: Run) -> None:
    text = run("people", "--help").stdout
    for name, command in COMMANDS.items():
        assert f"  {name} " in text
        assert f" {command.short_help}\n" in text, name
    assert max(map(len, text.splitlines())) <= 80
    assert people_command.name == "people"


def test_modules_of_commands_import_nothing_heavy() -> None:
    light = {"command", "options", "words"}  # inside functions, commands may
    files = {
        name.rpartition(".")[2]: path
        for name, path in modules("facecluster").items()
        if name.startswith("facecluster.cli.people.")
    }
    assert light <= set(files)
    for name in light:
        assert not {module.split(".")[0] for module in imported(files[name])} & HEAVY


def complete(line: str, folder: Path) -> list[str]:
    asked = {
        "_FACECLUSTER_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - (not line.endswith(" "))),
    }
    code = "import sys; from facecluster.cli.main import main; sys.argv = ['facecluster']; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | asked,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


def test_completion_offers_folders_and_commands(tmp_path: Path) -> None:
    (tmp_path / "Photos").mkdir()
    first = complete("facecluster people ", tmp_path)
    assert "dir," in first
    assert "plain,merge" in first
    assert complete("facecluster people me", tmp_path) == ["dir,me", "plain,merge"]
    assert complete("facecluster people Photos me", tmp_path) == ["plain,merge"]
    assert "plain,--hidden" in complete("facecluster people Photos list --h", tmp_path)
    assert "plain,--apply" in complete("facecluster people name --a", tmp_path)
