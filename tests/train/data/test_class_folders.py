"""Folders of class folders, and the layouts that are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.errors import SettingsError
from facecluster.train.data.class_folders import ODD_NAME, class_of, list_classes
from tests.support.made_sets import MakeFolders


def test_classes_and_files_are_sorted(folders: MakeFolders) -> None:
    listing = list_classes(folders({"b": 2, "a c": 3, "a": 2}))
    assert listing.classes == ("a", "a c", "b")
    assert [class_of(file.path) for file in listing.files] == ["a"] * 2 + ["a c"] * 3 + ["b"] * 2
    assert listing.skipped == ()


def test_deeper_pictures_belong_to_the_class(folders: MakeFolders) -> None:
    root = folders({"a": 2, "b": 2})
    (root / "a" / "more").mkdir()
    (root / "a" / "a_0001.png").rename(root / "a" / "more" / "x.png")
    assert [f.path for f in list_classes(root).files][:2] == ["a/a_0002.png", "a/more/x.png"]


def test_what_is_left_out_is_listed(folders: MakeFolders) -> None:
    root = folders({"a": 2, "b": 2, "lonely": 1})
    (root / "empty").mkdir()
    (root / "loose.png").write_bytes(b"x")
    (root / "a" / "notes.txt").write_text("no picture")
    (root / "a" / ".hidden.png").write_bytes(b"x")
    (root / ".git").mkdir()
    (root / "b" / "tab\there.png").write_bytes(b"x")
    listing = list_classes(root)
    assert len(listing.files) == 4
    assert dict(listing.skipped) == {
        "lonely": "a class with one picture only",
        "empty": "a class without pictures",
        "loose.png": "not in a class folder",
        "b/tab\there.png": ODD_NAME,
    }


def test_links_are_followed_once_and_never_round(folders: MakeFolders, tmp_path: Path) -> None:
    root = folders({"a": 2, "b": 2})
    other = folders({"c": 2}, name="elsewhere")
    os.symlink(other / "c", root / "c")
    os.symlink(root, root / "a" / "loop")
    os.symlink(root / "a", root / "again")
    listing = list_classes(root)
    assert listing.classes == ("a", "b", "c")
    assert len(listing.files) == 6


def test_a_file_is_no_set(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(SettingsError, match="not a folder"):
        list_classes(tmp_path / "x")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no pictures found; .*/Ada/Ada_0001\.jpg"):
        list_classes(tmp_path)


def test_pictures_right_in_the_folder(folders: MakeFolders) -> None:
    root = folders({"a": 2})
    with pytest.raises(SettingsError, match=r"lie directly in it.* such as a/Ada/Ada_0001\.jpg"):
        list_classes(root / "a")


def test_one_class(folders: MakeFolders) -> None:
    root = folders({"a": 3})
    with pytest.raises(SettingsError, match=r"one class only \(a\)"):
        list_classes(root)


def test_the_folder_one_further_up(folders: MakeFolders) -> None:
    root = folders({"a": 2, "b": 2})
    outer = root.parent / "outer"
    outer.mkdir()
    root.rename(outer / "images")
    with pytest.raises(SettingsError, match=r"did you mean .*outer/images\?"):
        list_classes(outer)


def test_parts_of_a_set_are_no_classes(folders: MakeFolders) -> None:
    root = folders({"train": 2, "test": 2})
    with pytest.raises(SettingsError, match=r"parts of a set \(test, train\).*give one.*set/train"):
        list_classes(root)


def test_single_pictures_only(folders: MakeFolders) -> None:
    root = folders({"a": 1, "b": 1, "c": 2})
    with pytest.raises(SettingsError, match="of 3 classes 2 have one picture only"):
        list_classes(root)
    assert len(list_classes(root, at_least=1).files) == 4
