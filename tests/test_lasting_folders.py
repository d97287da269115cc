"""Folders that the user renames are names, and folders outlive the index."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from facecluster.config import Link, OutputConfig, Settings
from facecluster.library.index import FILE
from facecluster.library.people.document import load
from facecluster.report.records import Report
from tests.support.group_runs import Group

MODES: tuple[Link, ...] = ("copy", "hardlink", "symlink")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def settings(out: Path, link: Link = "copy") -> Settings:
    return Settings(output=OutputConfig(out, link=link))


def files(out: Path) -> dict[str, int]:
    """The inodes of all that lies in the folders of people."""
    return {p.relative_to(out).as_posix(): p.lstat().st_ino for p in (out / "people").rglob("*.*")}


def folders(report: Report) -> dict[int, str | None]:
    return {person.id: person.folder for person in report.people}


@pytest.mark.parametrize("link", MODES)
def test_a_renamed_folder_is_a_name(party: Path, out: Path, group: Group, link: Link) -> None:
    before = group(party, settings(out, link))
    folder = out / "people/person-001"
    (folder / "mine.txt").write_text("of the user")
    folder.rename(out / "people/Zoë")
    there = files(out)
    report = group(party, settings(out, link))
    assert files(out) == there
    assert folders(report) == {**folders(before), 1: "people/Zoë"}
    assert "person-001 is Zoë now, as you renamed the folder." in report.notes
    [known] = load(out).people.values()
    assert (known.id, known.name, len(known.confirmed)) == (1, "Zoë", 1)
    again = group(party, settings(out, link))
    assert files(out) == there
    assert folders(again) == folders(report)
    (out / "people/Zoë").rename(out / "people/zoë b")
    assert folders(group(party, settings(out, link)))[1] == "people/zoë b"
    (out / "people/zoë b").rename(out / "people/person-001")
    assert folders(group(party, settings(out, link))) == folders(before)
    assert load(out).people[1].name is None
    assert (out / "people/person-001/mine.txt").exists()


def test_folders_may_be_renamed_all_at_once_and_be_changed(
    party: Path, out: Path, group: Group
) -> None:
    before = group(party, settings(out))
    people = out / "people"
    (people / "person-001").rename(people / "Anna")
    (people / "person-002").rename(people / "Bert")
    next((people / "Anna").iterdir()).unlink()
    next((people / "Bert").iterdir()).rename(people / "Bert/other name.jpg")
    shutil.copyfile(party / "sea.jpg", people / "Bert/sea.jpg")
    report = group(party, settings(out))
    assert folders(report) == {1: "people/Anna", 2: "people/Bert"}
    held = {p.folder: p.photo_count for p in before.people}
    for old, new in (("person-001", "Anna"), ("person-002", "Bert")):
        count = sum(p.name != "sea.jpg" for p in (people / new).iterdir())
        assert count == held[f"people/{old}"]
    (people / "Anna").rename(people / "x")
    (people / "Bert").rename(people / "Anna")
    (people / "x").rename(people / "Bert")
    there = files(out)
    assert folders(group(party, settings(out))) == {1: "people/Bert", 2: "people/Anna"}
    assert files(out) == there


def test_a_copy_a_number_and_a_name_in_use_are_no_names(
    party: Path, out: Path, group: Group
) -> None:
    before = group(party, settings(out))
    people = out / "people"
    shutil.copytree(people / "person-001", people / "Copy")
    assert folders(group(party, settings(out))) == folders(before)
    shutil.rmtree(people / "Copy", ignore_errors=True)
    (people / "person-001").rename(people / "person-9")
    report = group(party, settings(out))
    assert folders(report) == folders(before)
    assert any("person-9 is no name" in note for note in report.notes)
    (people / "person-001").rename(people / "Anna")
    group(party, settings(out))
    (people / "person-002").rename(people / "ANNA")
    there = sorted(files(out).values())
    report = group(party, settings(out))
    assert folders(report) == {1: "people/Anna", 2: "people/person-002"}
    assert any("was not renamed to ANNA" in note for note in report.notes)
    assert sorted(files(out).values()) == there


def test_numbers_and_folders_outlive_the_index(party: Path, out: Path, group: Group) -> None:
    group(party, settings(out))
    (out / "people/person-002").rename(out / "people/Bert")
    before = group(party, settings(out))
    there = files(out)
    (out / FILE).unlink()
    (out / "people.toml").unlink()
    after = group(party, settings(out))
    ids = {face.key: face.person for face in before.faces}
    assert {face.key: face.person for face in after.faces} == ids
    assert sorted(files(out).values()) == sorted(there.values())


def test_a_name_renames_the_folder_and_copies_nothing(party: Path, out: Path, group: Group) -> None:
    group(party, settings(out))
    (out / "people/person-001/mine.txt").write_text("of the user")
    there = {path.rpartition("/")[2]: inode for path, inode in files(out).items()}
    text = (out / "people.toml").read_text() if (out / "people.toml").exists() else "version = 1\n"
    face = next(f for f in group(party, settings(out)).faces if f.person == 1)
    (out / "people.toml").write_text(
        text + f'\n[person.1]\nname = "Zoë"\nconfirmed = ["{face.key}"]\n'
    )
    report = group(party, settings(out))
    assert folders(report)[1] == "people/Zoë"
    now = {p.name: p.lstat().st_ino for p in (out / "people/Zoë").iterdir()}
    assert "mine.txt" in now
    assert now.items() <= there.items() or {*now.values()} <= {*there.values()}
    assert not (out / "people/person-001").exists()
