"""Which word is the folder, which the command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.cli.people.words import arranged

COMMANDS = ("list", "name", "show")


def sorted_out(line: str, default: str = "list") -> str:
    return " ".join(arranged(line.split(), COMMANDS, default))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkdir("Photos")
    os.mkdir("gone-people")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", "-- . list"),
        ("Photos", "-- Photos list"),
        ("Photos name 14 Z", "-- Photos name 14 Z"),
        ("name 14 Z", "-- . name 14 Z"),
        ("--json", "-- . list --json"),
        ("Photos --json", "-- Photos list --json"),
        ("--json Photos", "-- Photos list --json"),
        ("list --json", "-- . list --json"),
        ("-o out name 14 Z", "-o out -- . name 14 Z"),
        ("Photos --out=out name 14 Z", "--out=out -- Photos name 14 Z"),
        ("Photos -o out --debug", "-o out --debug -- Photos list"),
        ("name 14 Z --apply -o out", "-- . name 14 Z --apply -o out"),
        ("gone", "-- gone list"),  # only its results are there
        ("no/where", "-- no/where list"),
        ("~nobody", "-- ~nobody list"),
        ("elsewhere show 14", "-- elsewhere show 14"),
        ("nmae 14 Z", "-- . nmae 14 Z"),  # told as no command
        ("undoo", "-- . undoo"),
        ("name show Z", "-- . name show Z"),
        ("-- -odd name 14", "-- -odd name 14"),
        ("--", "-- . list"),
        ("-o", "-o -- . list"),
        ("--help", "--help -- . list"),
    ],
)
def test_folder_and_command(line: str, wanted: str) -> None:
    assert sorted_out(line) == wanted


def test_a_folder_called_like_a_command(tmp_path: Path) -> None:
    os.mkdir("name")
    assert sorted_out("name 14 Z") == "-- . name 14 Z"
    assert sorted_out("name list") == "-- name list"
    assert sorted_out("./name") == "-- ./name list"


def test_completion_gets_no_command() -> None:
    assert sorted_out("Photos", "") == "-- Photos"
    assert sorted_out("", "") == "-- ."
