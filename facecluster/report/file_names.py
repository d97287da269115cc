"""File names that are valid on every system, and a way out when two photos share one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import PurePosixPath

_UNNAMED = re.compile(r"person-([0-9]{3,})")
LONGEST = 255  # bytes: ext4, APFS, NTFS and exFAT all take this much
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?$", re.IGNORECASE
)


def safe_name(name: str) -> str:
    """`name` with what Windows, macOS or a broken encoding would refuse replaced by `_`."""
    safe = _FORBIDDEN.sub("_", name).rstrip(" .")
    if _DEVICES.match(safe):
        safe = "_" + safe
    stem, dot, extension = safe.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        return _cut(safe, LONGEST) or "_"
    return _fit(stem or "_", "." + extension)


def name_key(name: str) -> str:
    """What two names share when a file system may take them for one: case and accents' coding."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def candidates(path: str) -> Iterator[str]:
    """Names for the photo `path`, best first: its own, with its folder, then numbered.

    `a/b/IMG_1.jpg` gives `IMG_1.jpg`, `IMG_1 (b).jpg`, `IMG_1 (a - b).jpg`, `IMG_1~2.jpg`, …
    """
    own = safe_name(path.rpartition("/")[2])
    yield own  # nearly always free, so the rest is worked out only now
    stem, suffix = PurePosixPath(own).stem, PurePosixPath(own).suffix
    folders = PurePosixPath(path).parent.parts
    for depth in range(1, min(len(folders), 3) + 1):
        yield _fit(stem, f" ({safe_name(' - '.join(folders[-depth:]))}){suffix}")
    for number in count(2):
        yield _fit(stem, f"~{number}{suffix}")


def person_folders(people: Sequence[tuple[int, str | None]]) -> list[str]:
    """One folder name per person, (id, name): the name, or `person-014` by id, all different.

    Of people of one name the lowest id has it plain and others add theirs, `Anna (14)`; so does a
    name that could be the folder of somebody without one. The order of `people` plays no part.
    """
    plain = {number: _plain(number, name) for number, name in people}
    named = {number for number, name in people if name and name.strip()}
    folders: dict[int, str] = {}
    used: set[str] = set()
    for number in sorted(plain, key=lambda n: (n in named, n)):
        tries = (_fit(plain[number], end) for end in _endings(number))
        folder = next(folder for folder in tries if name_key(folder) not in used)
        used.add(name_key(folder))
        folders[number] = folder
    return [folders[number] for number, _ in people]


def _plain(number: int, name: str | None) -> str:
    """The folder of one person if there were no others of that name."""
    unnamed = f"person-{number:03d}"
    plain = safe_name(name.strip()) if name and name.strip() else unnamed
    if _UNNAMED.fullmatch(name_key(plain)) and name_key(plain) != unnamed:
        return _fit(plain, f" ({number})")
    return plain


def _endings(number: int) -> Iterator[str]:
    yield ""
    yield f" ({number})"
    for again in count(2):
        yield f" ({number})~{again}"


def _cut(text: str, room: int) -> str:
    """The longest start of `text` that fits into `room` bytes of UTF-8."""
    return text.encode()[: max(0, room)].decode(errors="ignore").rstrip(" .")


def _fit(stem: str, suffix: str) -> str:
    """`stem` + `suffix`, the stem shortened where the name would grow too long."""
    tail = suffix.encode()
    if len(tail) > LONGEST - 16:
        suffix = suffix.encode()[-(LONGEST - 16) :].decode(errors="ignore")
    if len((stem + suffix).encode()) <= LONGEST:
        return stem + suffix
    return (_cut(stem, LONGEST - len(suffix.encode())) or "_") + suffix
