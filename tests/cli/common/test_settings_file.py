"""How a settings file may be written, and what one that lies among photos may set."""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.cli.common.settings import OF_A_FOLDER
from facecluster.cli.common.settings_file import LARGEST, read_settings
from facecluster.cli.group import group_command
from facecluster.errors import SettingsError
from tests.support.commands import Run

Report = Callable[..., dict[str, Any]]
FORMS = {
    "plain": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-32-le": lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
    "utf-32-be": lambda text: codecs.BOM_UTF32_BE + text.encode("utf-32-be"),
}
# A value for every option that a file among photos must not set.
ELSEWHERE = {
    "out": '"elsewhere"',
    "link": '"symlink"',
    "model": '"gone.onnx"',
    "device": '"cuda"',
    "detail": '"fast"',
    "threads": "1",
    "dry-run": "true",
    "json": "true",
    "quiet": "true",
    "verbose": "true",
    "debug": "true",
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("form", FORMS)
def test_the_forms_that_editors_write(tmp_path: Path, form: str, end: str) -> None:
    lines = ["# Größe 😀", "min-photos = 3", 'exclude = ["Zoë/*.png"]', ""]
    (tmp_path / "my.toml").write_bytes(FORMS[form](end.join(lines)))
    assert read_settings(tmp_path / "my.toml") == {"min-photos": 3, "exclude": ["Zoë/*.png"]}


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_file_of_each_form(tmp_path: Path, form: str) -> None:
    (tmp_path / "my.toml").write_bytes(FORMS[form](""))
    assert read_settings(tmp_path / "my.toml") == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_mistake_is_told_in_each_form(tmp_path: Path, form: str) -> None:
    (tmp_path / "my.toml").write_bytes(FORMS[form]("min-photos = \n"))
    with pytest.raises(SettingsError, match=r"my\.toml: not valid TOML \(Invalid value"):
        read_settings(tmp_path / "my.toml")


def test_the_largest_file(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_bytes(b"seed = 1 #".ljust(LARGEST, b"x"))
    assert read_settings(file) == {"seed": 1}
    file.write_bytes(b"seed = 1 #".ljust(LARGEST + 1, b"x"))
    with pytest.raises(SettingsError, match="larger than 64 KB"):
        read_settings(file)


@given(data=st.binary(max_size=60), form=st.sampled_from(sorted(FORMS)))
def test_whatever_is_in_it_is_settings_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, form: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(FORMS[form]("")[:4] + data)
    with contextlib.suppress(SettingsError):
        assert isinstance(read_settings(file), dict)


def test_a_file_among_photos_sets_how_they_are_grouped(
    report: Report, run: Run, party: Path
) -> None:
    file = party / "facecluster.toml"
    file.write_text('min_photos = 3\nexclude = ["sea.jpg"]\nunsure = false\n')
    found = report()
    assert found["run"]["settings"]["cluster"]["min_photos"] == 3
    assert found["run"]["settings"]["output"]["unsure"] is False
    assert len(found["photos"]) == 5
    said = f"Settings used from {file}: min_photos, exclude, unsure.\n"
    assert run("group", party).stderr == said
    assert run("group", party, "--json").stderr == said
    assert run("group", party, "--quiet").stderr == ""
    # What the command line says was not taken from the file.
    plain = run("group", party, "--min-photos", 2, "--unsure").stderr
    assert plain == f"Settings used from {file}: exclude.\n"


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_file_among_photos_sets_nothing_else(
    run: Run, party: Path, tmp_path: Path, name: str
) -> None:
    before = run("group", party)
    file = party / "facecluster.toml"
    file.write_text(f"{name} = {ELSEWHERE[name]}\nseed = 1\n")
    after = run("group", party)
    assert (after.exit_code, after.stdout) == (0, before.stdout)
    used, refused = after.stderr.splitlines()
    assert used == f"Settings used from {file}: seed."
    assert refused == (
        f"{file}: not obeyed, as a file among photos sets only how they are grouped: {name}; "
        "if the file is yours, name it with --config."
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["party", "party-people"]


def test_all_that_is_refused_is_in_one_sentence(run: Run, party: Path) -> None:
    text = "".join(f"{name} = {value}\n" for name, value in ELSEWHERE.items())
    (party / "facecluster.toml").write_text(text)
    (line,) = run("group", party).stderr.splitlines()
    assert f": {', '.join(ELSEWHERE)}; " in line
    assert run("group", party, "--quiet").stderr == ""


def test_every_option_is_of_the_folder_or_is_not() -> None:
    """A new option says nothing among photos until somebody has thought about it."""
    names = {param.name for param in group_command.params}
    assert names >= OF_A_FOLDER
    others = {name.replace("-", "_") for name in ELSEWHERE} | {"photos", "config", "as_json"}
    assert not OF_A_FOLDER & others


def test_a_named_file_may_lie_among_photos(run: Run, party: Path, tmp_path: Path) -> None:
    file = party / "facecluster.toml"
    file.write_text('out = "../elsewhere"\nlink = "none"\n')
    for settings in ({}, {"env": {"FACECLUSTER_CONFIG": str(file)}}):
        named = () if settings else ("--config", file)
        result = run("group", party, *named, **settings)
        assert (result.exit_code, result.stderr) == (0, "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elsewhere", "party"]
