"""What we wrote for which photo, so that it can be found, corrected and taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from facecluster.base.atomic import output_errors, replacing
from facecluster.identity import Box
from facecluster.metadata.written.records import NamedBox

FILE: Final = ".facecluster/written-names.json"  # in the output folder
_VERSION: Final = 1
_MOST: Final = 1 << 30  # bytes; larger than the list of any library
Stamp = tuple[int, int]  # of a file: time of change in ns, and bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written for one photo.

    image: its hash. size: of the stored picture in px. faces: who was named, in the order of the
    photo. ours: what of that was not there before. file: into which it was written, by its name;
    stamp: of that file, then.
    """

    image: str
    size: tuple[int, int]
    faces: tuple[NamedBox, ...]
    ours: tuple[NamedBox, ...]
    file: str
    stamp: Stamp


@dataclass(slots=True)
class Ledger:
    """Entries by the path of the photo, of one way of writing. lost: the list was damaged.

    changed: whether it is to be saved. images: entries as they were to begin with, by image.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    lost: bool = False
    changed: bool = False
    images: dict[str, Entry] = field(init=False)

    def __post_init__(self) -> None:
        self.images = {entry.image: entry for entry in self.entries.values()}

    def of(self, path: str, image: str) -> Entry | None:
        """What was written for a photo: where it is, or where it was before it was moved."""
        return self.entries.get(path) or self.images.get(image)

    def put(self, path: str, entry: Entry | None) -> None:
        """Have this entry for a photo, or none."""
        if self.entries.get(path) == entry:
            return
        self.changed = True
        if entry is None:
            del self.entries[path]
        else:
            self.entries[path] = entry


def stamp_of(file: Path) -> Stamp | None:
    """Of a file, None where there is none."""
    try:
        found = os.lstat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def load(out: Path, mode: str) -> Ledger:
    """The list of what was written in a way (`sidecar`, `embed`); empty where there is none."""
    file = out / FILE
    try:
        if file.stat().st_size > _MOST:
            return Ledger(lost=True)
        entries = _content(file).get(mode, {})
        return Ledger({path: _entry(value) for path, value in entries.items()})
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Ledger(lost=True)


def save(out: Path, mode: str, ledger: Ledger) -> None:
    """Write the list, for its owner alone. Raises OutputError."""
    if not ledger.changed and not ledger.lost:
        return
    file = out / FILE
    try:
        content = _content(file)
    except (OSError, ValueError, AttributeError, RecursionError):
        content = {}
    content["version"] = _VERSION
    content[mode] = {path: _plain(entry) for path, entry in sorted(ledger.entries.items())}
    text = json.dumps(content, ensure_ascii=True, indent=1)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with (
        output_errors(file),
        replacing(file, sync=True) as partial,
        open(os.open(partial, flags, 0o600), "wb") as new,
    ):
        new.write(text.encode())
    ledger.changed = False


def _content(file: Path) -> dict[str, Any]:
    content: Any = json.loads(file.read_bytes())
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        raise ValueError("written by another version")
    return content


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "image": entry.image,
        "size": entry.size,
        "faces": [[face.name, face.box] for face in entry.faces],
        "ours": [[face.name, face.box] for face in entry.ours],
        "file": entry.file,
        "stamp": entry.stamp,
    }


def _entry(value: Mapping[str, Any]) -> Entry:
    width, height = map(int, value["size"])
    changed, length = map(int, value["stamp"])
    return Entry(
        image=str(value["image"]),
        size=(width, height),
        faces=tuple(map(_face, value["faces"])),
        ours=tuple(map(_face, value["ours"])),
        file=str(value["file"]),
        stamp=(changed, length),
    )


def _face(value: tuple[str, tuple[float, float, float, float]]) -> NamedBox:
    name, (x, y, width, height) = value
    box: Box = float(x), float(y), float(width), float(height)
    return NamedBox(str(name), box)
