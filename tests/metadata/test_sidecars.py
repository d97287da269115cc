"""Which files speak of which photo."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from facecluster.metadata.sidecars import Sidecars


def beside(folder: Path, names: Iterable[str]) -> Sidecars:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return Sidecars(folder)


@pytest.mark.parametrize(
    ("photo", "files", "found"),
    [
        ("a.jpg", ["a.xmp", "a.jpg.xmp", "b.xmp", "a.png.xmp", "a_01.jpg.xmp"], "a.jpg.xmp a.xmp"),
        ("a.JPG", ["a.jpg.XMP", "a.XMP"], "a.jpg.XMP a.XMP"),
        ("a.jpg", ["a.JPG.Xmp"], "a.JPG.Xmp"),
        ("a.jpg", ["a.JPG.xmp", "a.jpg.xmp"], "a.jpg.xmp"),
        ("a.JPG", ["a.JPG.xmp", "a.jpg.xmp"], "a.JPG.xmp"),
        ("a.b.jpg", ["a.b.xmp", "a.xmp"], "a.b.xmp"),
        ("a", ["a.xmp"], "a.xmp"),
        (".xmp", [], ""),
        ("x/y/a.jpg", ["x/y/a.xmp", "x/a.xmp", "a.xmp"], "x/y/a.xmp"),
        ("none/a.jpg", ["a.xmp"], ""),
    ],
)
def test_xmp(photo: str, files: list[str], found: str, tmp_path: Path) -> None:
    assert beside(tmp_path, files).xmp(photo) == found.split()


LONG = "IMG_20190721_180355_with_a_very_long_name_of_a_day"  # 50 letters
TAKEOUT = [
    ("a.jpg", "a.jpg.json"),
    ("a.jpg", "a.jpg.supplemental-metadata.json"),
    ("a.jpg", "a.jpg.supplemental-meta.json"),
    ("a.jpg", "a.jpg.suppl.json"),
    ("a.jpg", "a.jpg.s.json"),
    ("a.jpg", "a.jpg..json"),
    ("a.JPG", "a.JPG.supplemental-metadata.JSON"),
    ("a(1).jpg", "a.jpg(1).json"),
    ("a(1).jpg", "a.jpg.supplemental-metadata(1).json"),
    ("a(12).jpg", "a.jpg.supplem(12).json"),
    ("a(1).jpg", "a(1).jpg.json"),
    ("a-edited.jpg", "a.jpg.supplemental-metadata.json"),
    (LONG + ".jpg", LONG[:46] + ".json"),
    ("2019/a.jpg", "2019/a.jpg.json"),
]


@pytest.mark.parametrize(("photo", "file"), TAKEOUT)
def test_takeout(photo: str, file: str, tmp_path: Path) -> None:
    assert beside(tmp_path, [file, "b.jpg.json", "metadata.json"]).takeout(photo) == [file]


@pytest.mark.parametrize(
    ("photo", "file"),
    [("a.jpg", "a.json"), ("a.jpg", "a.jpg(1).json"), ("a(1).jpg", "a.jpg.json"),
     ("a(1).jpg", "a.jpg(2).json"), ("a.jpg", "ab.jpg.json"), ("ab.jpg", "a.jpg.json"),
     ("a.jpg", "a.jpg.other.json"), ("a.jpg", "a.jpg.supplemental-metadatas.json")],
)  # fmt: skip
def test_the_json_of_another_photo(photo: str, file: str, tmp_path: Path) -> None:
    assert beside(tmp_path, [file]).takeout(photo) == []


def test_picasa_and_contacts_from_the_folder_upwards(tmp_path: Path) -> None:
    files = ["x/y/.picasa.ini", "x/y/contacts.xml", "contacts.xml", "x/Picasa.ini", "z/a.txt"]
    found = beside(tmp_path, files)
    assert found.picasa("x/y/a.jpg") == (["x/y/.picasa.ini"], ["x/y/contacts.xml", "contacts.xml"])
    assert found.picasa("x/a.jpg") == (["x/Picasa.ini"], ["contacts.xml"])
    assert found.picasa("z/a.jpg") == ([], [])


def test_a_folder_is_listed_once(tmp_path: Path) -> None:
    found = beside(tmp_path, ["a.xmp", "x/b.xmp"])
    assert (found.xmp("a.jpg"), found.xmp("x/b.jpg")) == (["a.xmp"], ["x/b.xmp"])
    os.remove(tmp_path / "a.xmp")
    assert found.xmp("a.jpg") == ["a.xmp"]
    assert Sidecars(tmp_path).xmp("a.jpg") == []
