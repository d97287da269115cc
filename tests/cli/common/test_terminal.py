"""Names of files reach the terminal as text and as nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.cli.common.terminal import clean, one_line
from tests.support.commands import Run, process

ODD = ["[bold]a[red].jpg", "\x1b[31mred\x1b]0;title\x07.jpg", "new\nline\r.jpg", ":cat:.jpg"]


@given(st.text(st.characters()))
def test_clean_text_can_be_printed(text: str) -> None:
    shown = clean(text)
    assert len(shown) == len(text)
    assert shown.isprintable()
    shown.encode()
    assert clean(shown) == shown


@given(st.text())
def test_one_line_keeps_the_words(text: str) -> None:
    assert one_line(text).split() == [clean(word) for word in text.split()]


def test_what_is_readable_stays() -> None:
    assert clean("Zoë 😀 · 1.jpg") == "Zoë 😀 · 1.jpg"
    assert clean("\x1b[31m\udcff") == "?[31m?"
    assert one_line(" a\n b\t\tc\x1b ") == "a b c?"


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
@pytest.mark.parametrize("name", ODD, ids=repr)
def test_odd_names_of_photos(run: Run, party: Path, name: str) -> None:
    (party / name).write_bytes(b"no photo")
    shown = clean(name)
    result = run("group", party, "--verbose")
    assert result.exit_code == 3
    assert f"such as {shown}: not a photo" in result.stderr
    assert f"  {shown}: not a photo" in result.stdout
    assert "\x1b" not in result.output


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
@pytest.mark.parametrize("name", [*ODD, "plain"], ids=repr)
def test_odd_names_of_folders(run: Run, party: Path, name: str) -> None:
    folder = party.rename(party.with_name(name))
    result = run("group", folder)
    assert result.exit_code == 0
    assert f"{clean(name)}-people/report.html\n" in result.stdout
    failed = run("group", folder, "--out", folder)
    assert failed.exit_code == 1
    assert clean(" ".join(name.split())) in failed.stderr
    assert "\x1b" not in result.output + failed.output


@pytest.mark.skipif(sys.platform != "linux", reason="such names cannot be there")
def test_names_that_are_not_utf8(run: Run, party: Path) -> None:
    folder = party.rename(party.with_name(os.fsdecode(b"caf\xe9")))
    (folder / os.fsdecode(b"\xff\xfe.jpg")).write_bytes(b"no photo")
    (folder / "facecluster.toml").write_text("seed = 1\n")
    result = run("group", folder, "--verbose")
    assert result.exit_code == 3
    assert "  ??.jpg: not a photo" in result.stdout
    assert "caf?-people" in result.stdout
    (folder / "facecluster.toml").write_text("sed = 1\n")
    assert "caf?/facecluster.toml: unknown setting 'sed'" in run("group", folder).stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_terminals_that_know_few_letters(party: Path, encoding: str) -> None:
    (party / "Ψυχή.jpg").write_bytes(b"no photo")
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = process("group", party, "--verbose", env=environment, encoding=encoding)
    assert done.returncode == 3
    shown = "Ψυχή" if encoding == "utf-8" else "????"
    assert f"  {shown}.jpg: not a photo" in done.stdout
    assert ("█" if encoding == "utf-8" else "###") in done.stdout
