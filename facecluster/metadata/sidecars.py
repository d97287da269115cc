"""Which files beside a photo speak of it. Each folder is listed once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_XMP: Final = ".xmp"
_JSON: Final = ".json"
_PICASA: Final = (".picasa.ini", "picasa.ini")
_CONTACTS: Final = "contacts.xml"
_MORE: Final = ".supplemental-metadata"  # which Google Takeout cuts wherever a name is too long
_CUT_AT: Final = 46  # letters that Google Takeout leaves of a name before .json
_NUMBERED: Final = re.compile(r"(.+)(\(\d+\))")
_EDITED: Final = "-edited"


@dataclass(frozen=True, slots=True)
class Names:
    """The files of a folder that may speak of photos. xmp, json: by what `_key` makes of them.

    picasa, contacts: names, empty where there are none.
    """

    xmp: dict[str, tuple[str, ...]] = field(default_factory=dict)
    json: dict[str, tuple[str, ...]] = field(default_factory=dict)
    picasa: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


class Sidecars:
    """The files beside the photos of one folder, found as often as asked and listed once."""

    def __init__(self, root: str | Path) -> None:
        self._root = os.fspath(root)
        self._folders: dict[str, Names] = {}

    def names(self, folder: str) -> Names:
        """Of a folder, as a path below the root with `/`; empty for the root."""
        names = self._folders.get(folder)
        if names is None:
            names = self._folders[folder] = _listed(os.path.join(self._root, folder))
        return names

    def xmp(self, path: str) -> list[str]:
        """The XMP sidecars of a photo, `a.jpg.xmp` before `a.xmp`; paths below the root."""
        folder, name = _parted(path)
        there = self.names(folder).xmp
        if not there:
            return []
        stem = os.path.splitext(name)[0]
        found = (*_nearest(there, name), *_nearest(there, stem))
        return [_below(folder, each) for each in dict.fromkeys(found)]

    def takeout(self, path: str) -> list[str]:
        """The JSON that Google Takeout put beside a photo; paths below the root."""
        folder, name = _parted(path)
        there = self.names(folder).json
        if not there:
            return []
        found = (file for key in _takeout_keys(name) for file in there.get(key, ()))
        return [_below(folder, each) for each in dict.fromkeys(found)]

    def picasa(self, path: str) -> tuple[list[str], list[str]]:
        """Picasa's files for the folder of a photo, and its contacts from there up to the root."""
        folder, _ = _parted(path)
        ini = [_below(folder, name) for name in self.names(folder).picasa]
        if not ini:
            return [], []
        return ini, [_below(f, name) for f in _upwards(folder) for name in self.names(f).contacts]


def _listed(folder: str) -> Names:
    try:
        entries = sorted(os.listdir(folder))
    except OSError:  # photos in it are said to be gone where they are read
        return Names()
    xmp: dict[str, tuple[str, ...]] = {}
    json: dict[str, tuple[str, ...]] = {}
    picasa, contacts = [], []
    for name in entries:
        low = name[-len(_JSON) :].lower()
        if low.endswith(_XMP):
            key = _key(name[: -len(_XMP)])
            xmp[key] = (*xmp.get(key, ()), name)
        elif low == _JSON:
            key = _key(name[: -len(_JSON)])
            json[key] = (*json.get(key, ()), name)
        elif name.lower() in _PICASA:
            picasa.append(name)
        elif name.lower() == _CONTACTS:
            contacts.append(name)
    return Names(xmp, json, tuple(picasa), tuple(contacts))


def _nearest(there: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Those that are called like `name`; where some are to the letter, only these."""
    alike = there.get(_key(name), ())
    return tuple(each for each in alike if each[: -len(_XMP)] == name) or alike


def _key(name: str) -> str:
    """The name with its ending in small letters, since programs write `.JPG` either way."""
    stem, ending = os.path.splitext(name)
    return stem + ending.lower()


def _takeout_keys(name: str) -> Iterator[str]:
    """What the JSON of a photo may be called, without `.json`.

    A photo `a(1).jpg` has `a.jpg(1).json`, an edited one the JSON of the photo that it was.
    """
    stem, ending = os.path.splitext(name)
    yield from _cuts(name, "")
    if numbered := _NUMBERED.fullmatch(stem):
        yield from _cuts(numbered[1] + ending, numbered[2])
    if stem.endswith(_EDITED):
        yield from _cuts(stem.removesuffix(_EDITED) + ending, "")


def _cuts(name: str, number: str) -> Iterator[str]:
    yield _key(name + number)
    for length in range(1, len(_MORE) + 1):
        yield _key(name + _MORE[:length] + number)
    if len(name) > _CUT_AT:
        yield _key(name[:_CUT_AT] + number)


def _parted(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _upwards(folder: str) -> Iterator[str]:
    """The folder, and those that it lies in, to the root."""
    yield folder
    while folder:
        folder = _parted(folder)[0]
        yield folder
