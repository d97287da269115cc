"""What begins like a picture is read whatever its name; all else is opened no further."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from facecluster.config import ScanConfig
from facecluster.photos.formats import HEAD, begins_like_picture
from facecluster.photos.scan import ScanResult, scan
from tests.support.hostile_files import JPEG, encode
from tests.support.raws import KINDS_OF_RAW, box

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
needs_posix = pytest.mark.skipif(os.name == "nt", reason="no such names or files on Windows")

PICTURES = {
    "JPEG": JPEG,
    "PNG": encode("PNG"),
    "GIF": encode("GIF"),
    "BMP": encode("BMP"),
    "WebP": encode("WEBP"),
    "TIFF": encode("TIFF"),
    "AVIF": encode("AVIF"),
    "HEIC": box(b"ftyp", b"heic\0\0\0\0mif1heic"),
    "JPEG XL": bytes.fromhex("ff0a7a13e0f3001388020020"),
    "boxed JPEG XL": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(50),
    **KINDS_OF_RAW,
}
OTHERS = {
    "nothing": b"",
    "text": b"Dear diary, today",
    "text that begins like a BMP": b"BMW: a history of the company and its cars, told anew",
    "two bytes like a JPEG XL": b"\xff\x0a" + bytes(60),
    "video": box(b"ftyp", b"isom\0\0\2\0isomiso2mp41"),
    "QuickTime": box(b"ftyp", b"qt  \0\0\0\0qt  "),
    "PDF": b"%PDF-1.7",
    "zeros": bytes(5000),
    "RIFF": b"RIFF\0\0\0\0AVI LIST",
    "two bytes": b"\xff\xd8",
}
NAMES = ["IMG_8", "a.JP", "a.jpg_original", "a.jpg_large", "PXL.ORI.j", "a.mov", "a.txt", "a.jpg~"]


def left(result: ScanResult) -> dict[str, int]:
    return {record.kind: record.count for record in result.left_out}


@pytest.mark.parametrize("kind", PICTURES)
def test_pictures_go_by_their_first_bytes(tmp_path: Path, kind: str) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(PICTURES[kind])
    result = scan(tmp_path, ScanConfig())
    assert [file.path for file in result.files] == sorted(NAMES)
    assert result.left_out == ()
    for file in result.files:
        about = (tmp_path / file.path).stat()
        assert (file.size, file.mtime_ns) == (about.st_size, about.st_mtime_ns)


@pytest.mark.parametrize("kind", OTHERS)
def test_others_are_counted(tmp_path: Path, kind: str) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(OTHERS[kind])
    result = scan(tmp_path, ScanConfig())
    assert result.files == ()
    assert sum(record.count for record in result.left_out) == len(NAMES)


def test_no_cut_of_the_first_bytes_raises() -> None:
    for content in (*PICTURES.values(), *OTHERS.values()):
        for length in range(HEAD):
            assert begins_like_picture(content[:length]) in (True, False)


@pytest.mark.parametrize("name", ["IMG.jpg ", "IMG.JPG  ", "a.CR2", "a.jxl", "a.mpo", "a.insp"])
@needs_posix
def test_a_known_ending_is_enough(tmp_path: Path, name: str) -> None:
    """What cannot be read then gets its row with the reason."""
    (tmp_path / name).write_bytes(b"nothing of that kind")
    assert [file.path for file in scan(tmp_path, ScanConfig()).files] == [name]


@pytest.mark.parametrize("name", ["MVI_1.THM", "IMG_1.xmp", "IMG_1.jpg.json", "IMG_1.AAE"])
def test_what_lies_beside_photos_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(JPEG)
    result = scan(tmp_path, ScanConfig())
    assert result.files == ()
    assert left(result) == {os.path.splitext(name)[1].lower(): 1}


def test_globs_choose_among_all(tmp_path: Path) -> None:
    for name in ("a.jpg", "b", "c.mov"):
        (tmp_path / name).write_bytes(JPEG)
    (tmp_path / "d.txt").write_bytes(b"text")
    config = ScanConfig(include=("*.mov", "*.txt"))
    result = scan(tmp_path, config)
    assert [file.path for file in result.files] == ["c.mov"]
    assert left(result) == {".txt": 1}
    assert scan(tmp_path, ScanConfig(exclude=("b", "c.*", "d.*"))).left_out == ()


@needs_posix
def test_pipes_sockets_and_devices_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        result = scan(tmp_path, ScanConfig())
    assert (result.files, left(result)) == ((), {"without an ending": 6})


@needs_links
def test_links_by_any_name_lead_to_pictures(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / "picture").write_bytes(JPEG)
    (tmp_path / "album/one").symlink_to("../picture")
    (tmp_path / "album/two.mov").symlink_to("../picture")
    assert [file.path for file in scan(tmp_path / "album", ScanConfig()).files] == ["one"]
    both = scan(tmp_path / "album", ScanConfig(), every_link=True).files
    assert [(file.path, file.link) for file in both] == [("one", False), ("two.mov", True)]


@needs_links
def test_each_further_link_is_listed_as_one(tmp_path: Path) -> None:
    for name in ("album/z/x.jpg", "far.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(JPEG)
    for name, target in {"a.jpg": "z/x.jpg", "k.jpg": "../far.jpg", "j.jpg": "k.jpg"}.items():
        (tmp_path / "album" / name).symlink_to(target)
    files = scan(tmp_path / "album", ScanConfig(), every_link=True).files
    assert [(file.path, file.link) for file in files] == [
        ("a.jpg", True),
        ("j.jpg", False),
        ("k.jpg", True),
        ("z/x.jpg", False),
    ]
