"""Albums, and names and corrections as files."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.library.people.document import load, save
from facecluster.library.people.records import KnownPerson, People
from tests.support.made_albums import Album
from tests.support.two_people import Say


def test_an_album_is_a_list_of_paths(say: Say, made: Album) -> None:
    wanted = [str(made.root / name) for name in ("a.jpg", "b.jpg", "both.jpg")]
    assert say("album", 1).stdout.splitlines() == wanted
    assert say("album", "person-001", "--paths").stdout.splitlines() == wanted
    say("name", 1, "Zoë")
    say("reject", 1, "a.jpg#1")
    assert say("album", "zoë").stdout.splitlines() == wanted[1:]


def test_an_album_as_json(say: Say, made: Album) -> None:
    found = json.loads(say("album", 2, "--json").stdout)
    assert (found["format"], found["version"]) == ("facecluster-album", 1)
    assert (found["root"], found["person"]) == (str(made.root), {"id": 2, "name": None})
    assert [photo["path"] for photo in found["photos"]] == ["both.jpg", "c.jpg", "d.jpg"]
    assert found["photos"][0]["file"] == str(made.root / "both.jpg")


def test_an_album_as_a_zip(say: Say, made: Album, tmp_path: Path) -> None:
    say("confirm", 1, "sub/e.jpg")
    file = tmp_path / "zoë.zip"
    assert say("album", 1, "--zip", file).stdout == f"4 photos of person-001 in {file}.\n"
    with zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["a.jpg", "b.jpg", "both.jpg", "e.jpg"]
        for name, path in zip(packed.namelist(), ["a", "b", "both", "sub/e"], strict=True):
            assert packed.read(name) == (made.root / f"{path}.jpg").read_bytes()
    before = file.read_bytes()
    assert say("album", 2, "--zip", file).exit_code == 2
    assert file.read_bytes() == before
    assert say("album", 2, "--zip", file, "--force").exit_code == 0
    assert file.read_bytes() != before
    assert say("album", 2, "--zip", file, "--json").exit_code == 2


def test_names_in_a_zip_are_all_different(say: Say, made: Album, tmp_path: Path) -> None:
    path = made.out / "report.json"
    path.write_text(path.read_text().replace("sub/e.jpg", "sub/A.jpg"))
    (made.root / "sub/A.jpg").write_bytes(b"A")
    say("confirm", 1, "sub/A.jpg")
    say("album", 1, "--zip", tmp_path / "zoe.zip")
    with zipfile.ZipFile(tmp_path / "zoe.zip") as packed:
        assert packed.namelist() == ["a.jpg", "b.jpg", "both.jpg", "A (sub).jpg"]


def test_a_photo_that_is_gone_ends_the_zip(say: Say, made: Album, tmp_path: Path) -> None:
    (made.root / "b.jpg").unlink()
    result = say("album", 1, "--zip", tmp_path / "zoe.zip")
    assert result.exit_code == 1
    assert str(made.root / "b.jpg") in result.stderr
    assert list(tmp_path.glob("*zip*")) == []


def test_names_go_to_another_folder_and_come_back(say: Say, made: Album, tmp_path: Path) -> None:
    say("name", 1, "Zoë")
    say("name", 2, "Anna")
    say("reject", 2, "both.jpg")
    say("ignore", "sub/e.jpg")
    say("different", "face-0", "face-3")
    say("add", "sea.jpg", "40,30,80,60", "Bea")
    people = load(made.out)
    file = tmp_path / "names.toml"
    assert say("export", file).stdout == f"3 people in {file}.\n"
    assert say("export", file).exit_code == 2
    before = (made.out / "people.toml").read_bytes()
    assert say("import", file).stdout == "Nothing to change: it is so already.\n"
    assert (made.out / "people.toml").read_bytes() == before
    (made.out / "people.toml").unlink()
    assert say("import", file).exit_code == 0
    assert load(made.out) == people


def test_who_is_here_already_is_joined(say: Say, made: Album, tmp_path: Path) -> None:
    say("name", 1, "Zoë")
    file, zoe = tmp_path / "names.toml", load(made.out).people[1]
    other = {
        1: KnownPerson(1, "Cleo", merged=(2,)),  # another one than person 1 and 2 here
        7: replace(zoe, id=7, name="Zoey"),
        8: KnownPerson(8, "ZOË", aka=("Z",)),
    }
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    save(folder, People(other, last=8))
    (folder / "people.toml").rename(file)
    assert say("import", file).exit_code == 0
    found = load(made.out).people
    assert {id: known.name for id, known in found.items()} == {1: "Zoë", 8: "ZOË", 9: "Cleo"}
    assert found[1].aka == ("Zoey",)
    assert found[9].merged == ()


@pytest.mark.parametrize("text", ["", "version = 9", "version = 1\n[person.x]", "\x00"])
def test_what_is_no_such_file_changes_nothing(
    say: Say, made: Album, tmp_path: Path, text: str
) -> None:
    (tmp_path / "names.toml").write_text(text)
    result = say("import", tmp_path / "names.toml")
    assert result.exit_code == 2
    assert "names.toml" in result.stderr
    assert not (made.out / "people.toml").exists()
