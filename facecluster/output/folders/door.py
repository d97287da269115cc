"""What a manifest may say: whatever names a place outside of our folders is refused here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from facecluster.config import LINKS
from facecluster.identity import FaceKey
from facecluster.output.folders.album import Album
from facecluster.output.folders.entry import Entry

_DIGEST = re.compile(r"[0-9a-f]{32}")
_FACE = re.compile(r"[0-9a-f]{32}@[0-9.,-]{1,60}")
_FIELDS = {field.name for field in fields(Entry)}
_WHOLE = range(-(1 << 63), 1 << 63)
_IDS = 1 << 31


@dataclass(frozen=True)
class Whose:
    """faces: keys of the person's faces, as `FaceKey` writes them, sorted. id: the person's lasting
    number, None where no run has said it."""

    faces: tuple[str, ...]
    id: int | None = None

    @cached_property
    def keys(self) -> tuple[FaceKey, ...]:
        """The faces that are keys; results of an earlier form have others."""
        return tuple(parsed(self.faces))


def parsed(faces: Iterable[str]) -> Iterable[FaceKey]:
    """Those of the texts that are keys."""
    for face in faces:
        try:
            yield FaceKey.parse(face)
        except ValueError:
            continue


def entry_from(data: object) -> Entry:
    """One file of ours. Raises ValueError that says what is wrong with it."""
    values = _object(data)
    if not {*values} <= _FIELDS:
        raise ValueError("an entry has unknown fields")
    place, source, digest = (_text(values.get(name)) for name in ("path", "source", "digest"))
    if not is_place(place):
        raise ValueError(f"{place!r} is not a place in people, unsure or kept")
    if not is_source(source):
        raise ValueError(f"{source!r} is not a path inside the photo folder")
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a digest")
    link, how = values.get("link"), values.get("how")
    if link not in LINKS or how not in LINKS:
        raise ValueError(f"{place!r} has an unknown kind of link")
    size, time = _whole(values.get("size")), _whole(values.get("mtime_ns"))
    text = _text(values.get("text", ""))
    return Entry(place, source, digest, link, how, size, time, text)


def album_from(data: object) -> Album:
    """The photo folder. Raises ValueError."""
    values = _object(data)
    device, inode = (_whole(values.get(name)) for name in ("device", "inode"))
    disks = values.get("disks", [])
    if not isinstance(disks, list) or not all(map(is_source, map(_text, disks))):
        raise ValueError("a disk is not a path inside the photo folder")
    return Album(_text(values.get("path")), device, inode, tuple(disks))


def people_from(data: object) -> dict[str, Whose]:
    """By folder, whose it is. Raises ValueError."""
    people = {}
    for folder, value in _object(data).items():
        if not is_place(f"{folder}/x"):
            raise ValueError(f"{folder!r} is not a folder in people or kept")
        whose = _object(value)
        faces, number = whose.get("faces"), whose.get("id")
        if not isinstance(faces, list) or not all(map(_FACE.fullmatch, map(_text, faces))):
            raise ValueError(f"{folder!r} has something that is not a face")
        if number is not None and not 0 < _whole(number) < _IDS:
            raise ValueError(f"{folder!r} has something that is not a person's number")
        people[folder] = Whose(tuple(faces), number)
    return people


def moves_from(data: object) -> tuple[tuple[str, str], ...]:
    """Moves that a run had begun. Raises ValueError."""
    moves = []
    for move in data if isinstance(data, list) else [data]:
        if not isinstance(move, list) or len(move) != 2 or not all(map(is_place, map(_text, move))):
            raise ValueError("a move leads out of people, unsure and kept")
        moves.append((str(move[0]), str(move[1])))
    return tuple(moves)


def is_place(path: str) -> bool:
    """Whether `path` is exactly people/X/NAME, unsure/NAME or kept/X/NAME."""
    top, *names = path.split("/")
    depth = {"people": 2, "kept": 2, "unsure": 1}.get(top)
    return len(names) == depth and all(map(_is_name, names))


def is_source(path: str) -> bool:
    """Whether `path` stays inside the photo folder, as far as a text can say."""
    outside = os.path.isabs(path) or os.path.splitdrive(path)[0]
    return bool(path) and not outside and all(map(_is_name, path.split("/")))


def _is_name(name: str) -> bool:
    forbidden = "\0/\\:" if os.sep == "\\" else "\0/"
    return name not in ("", ".", "..") and not any(letter in name for letter in forbidden)


def _object(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError("something is not an object that should be one")
    return data


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("something is not a text that should be one")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in _WHOLE:
        raise ValueError("something is not a whole number that should be one")
    return value
