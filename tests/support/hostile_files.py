"""Files that a photo folder should not hold, but does: each with what must become of it.

`CATALOGUE` is a list of `Hostile`. A test writes one into an empty folder, runs over the folder and
looks for the outcome; nothing may crash, hang, write to the folder or print a traceback.
"""

from __future__ import annotations

import os
import socket
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.support.hostile_bytes import (
    animated,
    archive,
    chunk,
    damaged_exif,
    encode,
    floats,
    grey16,
    palette,
    png,
    scene,
    tiff,
    with_exif,
    wrong_checksum,
)

Outcome = Literal["unreadable", "no face", "duplicate", "skipped", "error"]
EXIT_CODES: dict[Outcome, int] = {
    "unreadable": 3,
    "no face": 0,
    "duplicate": 0,
    "skipped": 0,
    "error": 2,
}
POSIX = os.name != "nt"
USER = not (hasattr(os, "geteuid") and os.geteuid() == 0)


@dataclass(frozen=True)
class Hostile:
    """One hostile input.

    write: puts it into an empty folder. path: the row to expect, with `/`; for "error" what to
    give to the command instead of the folder ("" for the folder itself). outcome: the row's
    status, "skipped" for no row at all, "error" for a one-sentence error. reason: a regular
    expression for the row's reason or the error. possible: whether this system can have it.
    """

    name: str
    write: Callable[[Path], None]
    path: str
    outcome: Outcome
    reason: str = ""
    possible: bool = True

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.outcome]


def content(data: bytes, name: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return write


def file(
    name: str, data: bytes, outcome: Outcome, reason: str = "", path: str = "a.jpg"
) -> Hostile:
    return Hostile(name, content(data, path), path, outcome, reason)


def named(name: str, path: str, possible: bool = POSIX) -> Hostile:
    """A harmless photo whose name is the trouble."""
    return Hostile(name, content(encode("JPEG"), path), path, "no face", possible=possible)


def link(target: str, path: str = "a.jpg") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / path).symlink_to(target, target_is_directory=not path.endswith(".jpg"))

    return write


def link_loop(folder: Path) -> None:
    content(encode("JPEG"), "a.jpg")(folder)
    link(".", "loop")(folder)
    link("..", "up")(folder)


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "a.jpg")


def linked_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "b.jpg").symlink_to("pipe")


def unix_socket(folder: Path) -> None:
    before = os.getcwd()
    os.chdir(folder)  # the path of a socket has a short limit
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("a.jpg")
    finally:
        os.chdir(before)


def locked(folder: Path) -> None:
    content(encode("JPEG"), "a.jpg")(folder)
    (folder / "a.jpg").chmod(0)


def hole(size: int) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with open(folder / "a.jpg", "wb") as file:
            file.truncate(size)

    return write


def dated(seconds: int) -> Callable[[Path], None]:
    """A photo of that time, as far as the file system goes along."""

    def write(folder: Path) -> None:
        content(encode("JPEG"), "a.jpg")(folder)
        os.utime(folder / "a.jpg", ns=(seconds * 10**9 + 7, seconds * 10**9 + 7))

    return write


def nested(path: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_bytes(encode("JPEG"))

    return write


def twice(folder: Path) -> None:
    content(encode("JPEG"), "a.jpg")(folder)
    content(encode("JPEG"), "b.jpg")(folder)


def nothing(folder: Path) -> None:
    """An empty folder is hostile enough."""


JPEG, PROGRESSIVE = (
    encode("JPEG", scene(640, 480)),
    encode("JPEG", scene(640, 480), progressive=True),
)
BOMB = zlib.compress(bytes(100 << 20), 9)
DEEP = "/".join(["d"] * 60) + "/a.jpg"
GARBAGE = "damaged|needs the heic extra"
NO_PHOTO, DAMAGED, CUT = "not a photo: it is", "damaged", "truncated"
NO_FILE = "not a regular file"
ENDLESS = "/proc/self/pagemap"  # 0 bytes, it says
PROC = os.path.exists(ENDLESS)
TIMES = {
    "of 1677, before 64 bits of ns": -(2**63) // 10**9 - 10,
    "of 1901": -(2**31),
    "before 1970": -1,
    "of 2106": 2**32 + 1,
    "of 2262, the last second": 2**63 // 10**9,
    "of 2263": 2**63 // 10**9 + 10**7,
    "of 2446": 15_032_385_535,
    "of 9999": 253_402_300_799,
}

CATALOGUE = [
    # Bytes that are not a photo
    file("empty file", b"", "unreadable", "empty file"),
    file("text called jpg", b"Dear diary,\n", "unreadable", f"{NO_PHOTO} text"),
    file("only zeros", bytes(5000), "unreadable", f"{NO_PHOTO} only zeros"),
    file("random bytes", bytes(range(7, 256)) * 9, "unreadable", NO_PHOTO),
    file("archive called jpg", archive(), "unreadable", f"{NO_PHOTO} a ZIP archive"),
    file("web page called jpg", b"<html>404", "unreadable", f"{NO_PHOTO} a web page"),
    file("drawing called png", b"<svg xmlns=''/>", "unreadable", f"{NO_PHOTO} an SVG", "a.png"),
    file("video called heic", b"\0\0\0\x14ftypisom" + bytes(99), "unreadable", "a video", "a.heic"),
    file(
        "heic garbage",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
        "unreadable",
        GARBAGE,
        path="a.heic",
    ),
    file(
        "avif garbage",
        b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(99),
        "unreadable",
        GARBAGE,
        path="a.avif",
    ),
    # Damage
    file("jpeg cut in half", JPEG[: len(JPEG) // 2], "unreadable", CUT),
    file("jpeg cut in its header", JPEG[:100], "unreadable", f"{CUT}|{DAMAGED}"),
    file("jpeg cut and filled with zeros", JPEG[:1500] + bytes(9000), "unreadable", CUT),
    file("progressive jpeg cut", PROGRESSIVE[: len(PROGRESSIVE) // 2], "unreadable", CUT),
    file("jpeg of only its first bytes", b"\xff\xd8\xff\xe0", "unreadable", f"{CUT}|{DAMAGED}"),
    file("png with a wrong checksum", wrong_checksum(), "unreadable", DAMAGED, "a.png"),
    file("gif without a picture", b"GIF89a\x10\0\x10\0\0\0\0;", "unreadable", DAMAGED, "a.gif"),
    file("webp cut", encode("WEBP")[:60], "unreadable", f"{CUT}|{DAMAGED}", "a.webp"),
    file("bmp cut", encode("BMP")[:200], "unreadable", CUT, "a.bmp"),
    file("tiff that points nowhere", b"II*\0\xff\xff\xff\x7f", "unreadable", DAMAGED, "a.tif"),
    file(
        "lzw tiff cut",
        encode("TIFF", compression="tiff_lzw")[:-300],
        "unreadable",
        f"{CUT}|{DAMAGED}",
        path="a.tif",
    ),
    # Bombs
    file("png of 50000 x 50000", png(50_000, 50_000), "unreadable", "too large", "a.png"),
    file("tiff of absurd size", tiff(2**31 - 1, 2**31 - 1), "unreadable", "too large", "a.tif"),
    file("tiff without pixels", tiff(0, 0), "unreadable", DAMAGED, "a.tif"),
    file("png text bomb", png(8, 8, chunk(b"zTXt", b"a\0\0" + BOMB)), "no face", path="a.png"),
    file("png profile bomb", png(8, 8, chunk(b"iCCP", b"a\0\0" + BOMB)), "no face", path="a.png"),
    Hostile(
        "huge file with a hole", hole(3 << 30), "a.jpg", "unreadable", "too large: 3.0 GiB", POSIX
    ),
    # Odd, but photos
    file("one pixel", encode("JPEG", scene(1, 1)), "no face"),
    file("one pixel wide", encode("PNG", scene(1, 20_000)), "no face", path="a.png"),
    file("widest jpeg", encode("JPEG", scene(65_500, 2)), "no face"),
    file("cmyk jpeg", encode("JPEG", scene().convert("CMYK")), "no face"),
    file("16-bit png", grey16(), "no face", path="a.png"),
    file("palette with transparency", palette(), "no face", path="a.png"),
    file("tiff of nothing but nan", floats(), "no face", path="a.tif"),
    file("animated webp", animated("WEBP"), "no face", path="a.webp"),
    file("animated gif", animated("GIF"), "no face", path="a.gif"),
    file("photo of two lenses", animated("MPO"), "no face"),
    file("damaged exif", damaged_exif(), "no face"),
    file("exif orientation 9", with_exif(orientation=9), "no face"),
    file("exif time nonsense", with_exif(time="0000:99:99 ??:??:??"), "no face"),
    file("jpeg with garbage behind", JPEG + b"garbage" * 999, "no face"),
    file("png called jpg", encode("PNG"), "no face"),
    Hostile("the same bytes twice", twice, "b.jpg", "duplicate"),
    # Names
    named("name with a newline", "line\nbreak.jpg"),
    named("name with quotes", 'it\'s "me".jpg'),
    named("name that is a script", "<img src=x onerror=alert(1)>.jpg"),
    named("name of emoji", "\U0001f600\u200d\U0001f525.jpg", possible=True),
    named("name that is not utf-8", os.fsdecode(b"\xff\xfe.jpg"), sys.platform == "linux"),
    named("name of 250 letters", "x" * 246 + ".jpg"),
    named("name with a leading dash", "--help.jpg", possible=True),
    named("name with a dot before the end", "a..jpg", possible=True),
    named("name like a terminal code", "\x1b[31mred.jpg"),
    named("name like a formula", "=1+1.jpg", possible=True),
    named("name like markup", "[bold]a[red].jpg"),
    named("ending in other case", "A.JpEg", possible=True),
    named("name ending in a dot", "a.jpg."),
    # Folders
    Hostile("folder called x.jpg", nested("x.jpg/a.jpg"), "x.jpg/a.jpg", "no face"),
    Hostile("folder 60 deep", nested(DEEP), DEEP, "no face", possible=POSIX),
    Hostile("folder ending in a space", nested("d /a.jpg"), "d /a.jpg", "no face", possible=POSIX),
    Hostile("hidden folder", nested(".trash/a.jpg"), "", "skipped"),
    Hostile("thumbnails of a network drive", nested("@eaDir/a.jpg"), "", "skipped"),
    Hostile("folder that ends nowhere", lambda folder: (folder / "e.jpg").mkdir(), "", "skipped"),
    Hostile("empty folder", nothing, "", "skipped"),
    # Links and things that are not files
    Hostile("link loop", link_loop, "a.jpg", "no face", possible=POSIX),
    Hostile("broken link", link("gone.jpg"), "a.jpg", "unreadable", "broken link", POSIX),
    Hostile("link to itself", link("a.jpg"), "a.jpg", "unreadable", "broken link", POSIX),
    Hostile("link to a device", link("/dev/zero"), "a.jpg", "unreadable", NO_FILE, POSIX),
    Hostile("pipe called jpg", pipe, "a.jpg", "unreadable", NO_FILE, POSIX),
    Hostile("link to a pipe", linked_pipe, "b.jpg", "unreadable", NO_FILE, POSIX),
    Hostile("socket called jpg", unix_socket, "a.jpg", "unreadable", NO_FILE, POSIX),
    Hostile("file that never ends", link(ENDLESS), "a.jpg", "unreadable", NO_PHOTO, PROC),
    Hostile("file without a size", link("/proc/self/status"), "a.jpg", "unreadable", "text", PROC),
    # Sizes and times
    Hostile("hole of 50 GB", hole(50 << 30), "a.jpg", "unreadable", "too large: 50.0 GiB", POSIX),
    Hostile("hole of 500 MB", hole(500 << 20), "a.jpg", "unreadable", "only zeros", POSIX),
    *(
        Hostile(f"time {year}", dated(seconds), "a.jpg", "no face", possible=POSIX)
        for year, seconds in TIMES.items()
    ),
    Hostile("no right to read", locked, "a.jpg", "unreadable", "permission denied", POSIX and USER),
    # The folder itself
    Hostile("missing folder", nothing, "missing", "error", "no such folder"),
    Hostile("file instead of a folder", content(JPEG, "a.jpg"), "a.jpg", "error", "not a folder"),
]
