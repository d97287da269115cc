"""The cache of crops: made once, never half, never stale."""

from __future__ import annotations

import errno
import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import OutputError, PhotoError, SettingsError
from facecluster.train.data import pack
from facecluster.train.data.class_folders import list_classes
from facecluster.train.data.cutters import WholePicture
from facecluster.train.records import Pictures
from tests.support.made_sets import MakeFolders, silent


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def packed(root: Path, cache: Path, size: int = 12, channels: int = 3, **more: int) -> Pictures:
    cut = WholePicture(size, channels)
    return pack.pack(list_classes(root), cut, size, channels, cache, silent, **more)


def test_crops_are_those_of_the_files(folders: MakeFolders, cache: Path) -> None:
    root = folders({"b": 3, "a": 2})
    found = packed(root, cache)
    assert found.classes == ("a", "b")
    assert found.labels.tolist() == [0, 0, 1, 1, 1]
    for name, crop in zip(found.names, found.pixels, strict=True):
        assert np.array_equal(crop, np.asarray(Image.open(root / name)))
    assert not found.pixels.flags.writeable


@pytest.mark.parametrize("channels", [1, 3])
def test_size_channels_and_threads(folders: MakeFolders, cache: Path, channels: int) -> None:
    root = folders({"a": 4, "b": 5})
    one = packed(root, cache / "1", 9, channels, threads=1)
    many = packed(root, cache / "5", 9, channels, threads=5)
    assert one.pixels.shape == (9, 9, 9, channels)
    assert np.array_equal(one.pixels, many.pixels)
    assert one.names == many.names


class Unwilling(WholePicture):
    """Would make the crops of its parent, but must not be asked for one."""

    def __call__(self, data: bytes) -> np.ndarray:
        raise AssertionError("decoded again")


def test_the_second_time_nothing_is_decoded(folders: MakeFolders, cache: Path) -> None:
    root = folders({"a": 2, "b": 2})
    first = packed(root, cache)
    again = pack.pack(list_classes(root), Unwilling(12, 3), 12, 3, cache, silent)
    assert np.array_equal(again.pixels, first.pixels)
    assert again.names == first.names
    assert len(list(cache.iterdir())) == 1


def test_another_picture_makes_another_cache(folders: MakeFolders, cache: Path) -> None:
    root = folders({"a": 2, "b": 2})
    before = packed(root, cache)
    file = root / "a" / "a_0001.png"
    Image.fromarray(np.full((12, 12, 3), 7, np.uint8)).save(file)
    assert (packed(root, cache).pixels[0] == 7).all()
    os.utime(file, ns=(0, time.time_ns() + 10**9))
    packed(root, cache)
    (root / "b" / "b_0002.png").rename(root / "b" / "new.png")
    assert "b/new.png" in packed(root, cache).names
    packed(root, cache, size=10)
    packed(root, cache, channels=1)
    assert len(list(cache.iterdir())) == 6
    assert len(before) == 4


def test_unreadable_pictures_are_listed(folders: MakeFolders, cache: Path) -> None:
    root = folders({"a": 3, "b": 2, "c": 3, "d": 2})
    (root / "a" / "a_0002.png").write_bytes(b"plain text")
    (root / "b" / "b_0001.png").write_bytes(b"")
    for file in (root / "c").iterdir():
        file.write_bytes(b"plain text")
    found = packed(root, cache)
    assert found.names == ("a/a_0001.png", "a/a_0003.png", "d/d_0001.png", "d/d_0002.png")
    assert found.classes == ("a", "d")
    assert found.labels.tolist() == [0, 0, 1, 1]
    assert np.array_equal(found.pixels[2], np.asarray(Image.open(root / "d" / "d_0001.png")))
    assert dict(found.skipped) == {
        "a/a_0002.png": "not a photo: it is text",
        "b/b_0001.png": "empty file",
        "b": "a class of which one of the pictures can be used",
        **{f"c/c_000{n}.png": "not a photo: it is text" for n in (1, 2, 3)},
        "c": "a class of which none of the pictures can be used",
    }
    assert packed(root, cache).skipped == found.skipped


def test_a_set_of_nothing_but_text(folders: MakeFolders, cache: Path) -> None:
    root = folders({"a": 2, "b": 2})
    for file in root.rglob("*.png"):
        file.write_bytes(b"plain text")
    with pytest.raises(SettingsError, match=r"not one of its pictures can be used \(a/a_0001"):
        packed(root, cache)
    assert not list(cache.iterdir())


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "pixels.npy").write_bytes(b""),
        lambda folder: (folder / "pixels.npy").write_bytes(b"rubbish" * 99),
        lambda folder: os.truncate(folder / "pixels.npy", 500),
        lambda folder: (folder / "pixels.npy").unlink(),
        lambda folder: np.save(folder / "pixels.npy", np.zeros((3, 12, 12, 3), np.uint8)),
        lambda folder: np.save(folder / "pixels.npy", np.zeros((4, 12, 12, 3), np.float32)),
        lambda folder: np.save(folder / "pixels.npy", np.array([object()]), allow_pickle=True),
        lambda folder: (folder / "index.json").write_text('{"names": ['),
        lambda folder: (folder / "index.json").write_text("[]"),
        lambda folder: (folder / "index.json").write_bytes(b"\xff\xfe"),
        lambda folder: (folder / "index.json").unlink(),
        lambda folder: (folder / "index.json").write_text(
            json.dumps({"names": list("abcd"), "labels": [9] * 4, "classes": [], "skipped": []})
        ),
    ],
)
def test_a_damaged_cache_is_made_anew(
    folders: MakeFolders, cache: Path, damage: Callable[[Path], object]
) -> None:
    root = folders({"a": 2, "b": 2})
    first = np.array(packed(root, cache).pixels)
    [folder] = cache.iterdir()
    damage(folder)
    assert np.array_equal(packed(root, cache).pixels, first)
    assert list(cache.iterdir()) == [folder]


def test_a_killed_run_leaves_nothing_that_counts(
    folders: MakeFolders, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folders({"a": 2, "b": 2})

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            packed(root, cache)
    assert not list(cache.iterdir())
    assert len(packed(root, cache)) == 4


def test_a_faster_process_wins(
    folders: MakeFolders, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folders({"a": 2, "b": 2})
    rename = os.rename

    def late(partial: Path, folder: Path) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", rename)
            patch.setattr(os, "getpid", lambda: -1)
            packed(root, cache)
        rename(partial, folder)

    monkeypatch.setattr(os, "rename", late)
    assert len(packed(root, cache)) == 4
    assert len(list(cache.iterdir())) == 1


class Full(io.FileIO):
    """A file with room for its header alone."""

    def write(self, data: Any, /) -> int:
        if self.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_said_and_leaves_nothing(
    folders: MakeFolders, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "open", lambda path, mode: Full(path, mode.replace("b", "")))
    with pytest.raises(OutputError, match="cache: the disk is full; make room"):
        packed(folders({"a": 2, "b": 2}), cache)
    assert not list(cache.iterdir())


def test_a_file_in_the_way_of_the_cache(folders: MakeFolders, cache: Path) -> None:
    cache.write_text("")
    with pytest.raises(OutputError, match=r"cache: cannot be written .*`data.cache`"):
        packed(folders({"a": 2, "b": 2}), cache)


def test_hostile_names(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "set"
    for label in ("a..", "ünï [b]\u202e", "\udcff", "-rf ~"):
        (root / label).mkdir(parents=True)
        for name in ("$(x).png", "\udcfe\u2028.png"):
            Image.new("RGB", (12, 12)).save(root / label / name, "PNG")
    found = packed(root, cache)
    assert len(found) == 8
    again = packed(root, cache)
    assert again.names == found.names
    assert again.classes == ("-rf ~", "a..", "ünï [b]\u202e", "\udcff")


def test_progress_counts_every_file(folders: MakeFolders, cache: Path) -> None:
    root = folders({"a": 2, "b": 2})
    (root / "a" / "bad.png").write_bytes(b"text")
    heard: list[tuple[str, int, int]] = []
    pack.pack(list_classes(root), WholePicture(8, 3), 8, 3, cache, lambda *told: heard.append(told))
    assert heard == [("pack", n, 5) for n in range(1, 6)]


def test_a_crop_that_needs_too_much_memory(folders: MakeFolders, cache: Path) -> None:
    class Greedy:
        id = "greedy"

        def __call__(self, data: bytes) -> np.ndarray:
            if len(data) % 2:
                raise MemoryError
            raise PhotoError("another reason")

    with pytest.raises(SettingsError, match="not one of its pictures"):
        pack.pack(list_classes(folders({"a": 2, "b": 2})), Greedy(), 8, 3, cache, silent)
