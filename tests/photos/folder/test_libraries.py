"""Libraries and caches of other programs: their owner's photos alone, and a word on the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.config import ScanConfig
from facecluster.photos.scan import ScanResult, scan

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


def put(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"\xff\xd8\xff\xe0" + path.encode())
    return root


def paths(result: ScanResult) -> list[str]:
    return [file.path for file in result.files]


def folders(result: ScanResult) -> dict[str, int]:
    return {record.kind: record.count for record in result.left_out if record.folders}


LIBRARIES = {
    "Photos.photoslibrary": ("originals", ["resources/derivatives/0", "database", "private/x"]),
    "Old.PhotosLibrary": ("Masters", ["Thumbnails/2015", "resources/proxies", "Previews"]),
    "Migrated.migratedphotolibrary": ("Masters", ["Previews", "Thumbnails"]),
    "iPhoto Library": ("Originals", ["Data/2009", "Modified/2009", "Previews"]),
    "iPhoto.photolibrary": ("Masters", ["Thumbnails", "Previews", "Attachments"]),
    "Aperture.aplibrary": ("Masters", ["Previews/2012", "Thumbnails", "Originals"]),
    "Shoots.cocatalog": ("Originals", ["Cache/Proxies", "Adjustments"]),
}


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("inside", [False, True])
def test_only_originals_of_a_library_are_photos(tmp_path: Path, name: str, inside: bool) -> None:
    kept, others = LIBRARIES[name]
    put(tmp_path, f"{name}/{kept}/0/a.jpg", *(f"{name}/{other}/a.jpg" for other in others))
    put(tmp_path, f"{name}/Thumb.jpg", f"{name}/{kept}/0/a.mov")
    result = scan(tmp_path if inside else tmp_path / name, ScanConfig())
    before = f"{name}/" if inside else ""
    assert paths(result) == [f"{before}{kept}/0/a.jpg", f"{before}{kept}/0/a.mov"]
    assert list(folders(result).values()) == [len(others)]
    assert sum(r.count for r in result.left_out if not r.folders) == 1  # the picture beside them


def test_a_folder_that_only_sounds_like_a_library_is_one_of_photos(tmp_path: Path) -> None:
    put(tmp_path, "my.photoslibrary/2019/a.jpg", "iPhoto Library/b.jpg", "CaptureOne/c.jpg")
    result = scan(tmp_path, ScanConfig())
    assert paths(result) == [
        "CaptureOne/c.jpg",
        "iPhoto Library/b.jpg",
        "my.photoslibrary/2019/a.jpg",
    ]
    assert result.left_out == ()


def test_folders_inside_a_library_may_be_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "L.photoslibrary/originals/a.jpg", "L.photoslibrary/resources/derivatives/b.jpg")
    assert paths(scan(tmp_path / "L.photoslibrary/resources", ScanConfig())) == [
        "derivatives/b.jpg"
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("@eaDir", "@EADIR", ".thumbnails", ".dtrash", ".picasaoriginals", "#recycle"),
        *("$RECYCLE.BIN", "iPod Photo Cache", "My Previews.lrdata", "LR Smart Previews.lrdata"),
    ],
)
def test_caches_are_left_out_and_counted(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.jpg", f"x/{name}/b/c.jpg", f"y/{name}/c.jpg", "y/b.jpg")
    result = scan(tmp_path, ScanConfig())
    assert paths(result) == ["a.jpg", "y/b.jpg"]
    assert [(r.count, r.paths) for r in result.left_out] == [(2, (f"x/{name}/", f"y/{name}/"))]
    assert paths(scan(tmp_path / "y" / name, ScanConfig())) == ["c.jpg"]  # asked for


@pytest.mark.parametrize("name", [".nomedia", ".noimage", ".ppstorage"])
def test_a_folder_may_ask_not_to_be_shown(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.jpg", "Sent/b.jpg", "Sent/deep/c.jpg", f"Sent/{name}", "other/d.jpg")
    result = scan(tmp_path, ScanConfig())
    assert paths(result) == ["a.jpg", "other/d.jpg"]
    assert folders(result) == {f"with {name}": 1}
    assert paths(scan(tmp_path / "Sent", ScanConfig())) == ["b.jpg", "deep/c.jpg"]


def test_what_apps_keep_is_not_what_a_phone_shows(tmp_path: Path) -> None:
    put(tmp_path, "Android/data/x/cache/a.jpg", "Android/media/com.whatsapp/b.jpg", "data/c.jpg")
    result = scan(tmp_path, ScanConfig())
    assert paths(result) == ["Android/media/com.whatsapp/b.jpg", "data/c.jpg"]
    assert folders(result) == {"Android/data": 1}


def test_what_globs_leave_out_is_no_news(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "@eaDir/b.jpg", "notes/c.txt", "d.txt")
    assert scan(tmp_path, ScanConfig(exclude=("@eaDir", "notes", "*.txt"))).left_out == ()


@needs_links
def test_a_link_to_a_library_is_one(tmp_path: Path) -> None:
    put(tmp_path, "real.photoslibrary/originals/a.jpg", "real.photoslibrary/resources/b.jpg")
    (tmp_path / "album").mkdir()
    (tmp_path / "album/link").symlink_to("../real.photoslibrary")
    assert paths(scan(tmp_path / "album", ScanConfig())) == ["link/originals/a.jpg"]


@needs_links
def test_a_second_link_to_a_folder_is_counted_and_a_loop_is_too(tmp_path: Path) -> None:
    put(tmp_path, "store/a.jpg", "album/out/b.jpg", "album/c/d.jpg")
    for name, target in {"A": "../store", "B": "../store", "c/up": "..", "o": "out"}.items():
        (tmp_path / "album" / name).symlink_to(target, target_is_directory=True)
    result = scan(tmp_path / "album", ScanConfig(), tmp_path / "album/out")
    assert paths(result) == ["A/a.jpg", "c/d.jpg"]
    assert [(r.kind, r.paths) for r in result.left_out] == [("linked twice", ("B/", "c/up/"))]
