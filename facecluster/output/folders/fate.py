"""What may become of a file of ours that nobody wants any more: nothing is lost with what goes."""

from __future__ import annotations

import hashlib
import os
import stat
from enum import Enum, auto
from pathlib import Path

from facecluster.output.folders.entry import Entry, is_file
from facecluster.photos.image_hash import image_hash
from facecluster.records import Status
from facecluster.report.records import Report

_PIECE = 1 << 20  # bytes read at once
_LARGEST = 1 << 28  # bytes of a file whose picture is compared


class Fate(Enum):
    """Of a file of ours that is not wanted where it is."""

    GOES = auto()  # its photo is there, bit by bit
    THEIRS = auto()  # the user changed it
    WAITS = auto()  # its photo cannot be seen just now: it may come back
    OLDER = auto()  # its photo was changed: this is how it was before
    LAST = auto()  # its photo is gone


def file_digest(path: str | Path) -> str:
    """The digest of a file's bytes, as photos have it; empty where it cannot be read."""
    state = hashlib.blake2b(digest_size=16)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ""  # opening a pipe would wait for ever
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                state.update(piece)
    except (OSError, ValueError):
        return ""
    return state.hexdigest()


class Fates:
    """Decides by what the bytes on the disk are now, not by what lists say; each once."""

    def __init__(self, out: Path, root: Path, report: Report) -> None:
        self._out, self._root = out, root
        self._paths: dict[str, list[str]] = {}
        self._pictures: dict[str, list[str]] = {}
        self._known: set[str] = set()
        # Photos that cannot be read, folders that cannot be listed.
        self._hidden = {failure.path for failure in report.failures}
        for photo in report.photos:
            if photo.status is not Status.UNREADABLE:
                self._known.add(photo.path)
                self._paths.setdefault(photo.digest, []).append(photo.path)
                for face in photo.faces[:1]:
                    image = report.faces[face].key.partition("@")[0]
                    self._pictures.setdefault(image, []).append(photo.path)
        self._proven: dict[tuple[str, str], bool] = {}
        self._fates: dict[Entry, Fate] = {}

    def of(self, entry: Entry) -> Fate:
        """What may become of the file of `entry`, which holds."""
        if entry not in self._fates:
            self._fates[entry] = self._decide(entry)
        return self._fates[entry]

    def is_hidden(self, source: str) -> bool:
        """Whether a photo, or a folder above it, is there but could not be read."""
        above = source.split("/")
        folders = {"/".join(above[:depth]) + "/" for depth in range(1, len(above))}
        return source in self._hidden or "/" in self._hidden or bool(folders & self._hidden)

    def excluded(self, source: str) -> bool:
        """Whether there is a file of that path which this run was told to leave out."""
        return source not in self._known and os.path.isfile(os.path.join(self._root, source))

    def _decide(self, entry: Entry) -> Fate:
        source = os.path.join(self._root, entry.source)
        away = entry.source not in self._known and self.is_hidden(entry.source)
        if entry.how == "symlink":
            return Fate.WAITS if away or _unseen(source) else Fate.GOES
        path = os.path.join(self._out, entry.path)
        if entry.how == "hardlink" and is_file(source, os.lstat(path)):
            return Fate.WAITS if away else Fate.GOES
        if file_digest(path) != entry.digest:
            return Fate.THEIRS
        if self._has_original(entry) or self._has_tagged(entry):
            return Fate.GOES
        if self.is_hidden(entry.source) or _unseen(source):
            return Fate.WAITS
        return Fate.OLDER if os.path.isfile(source) else Fate.LAST

    def _has_original(self, entry: Entry) -> bool:
        """Whether the photo folder holds these bytes; read, since disks rot and lists are old."""
        digest, key = entry.digest, (entry.digest, entry.source)
        if key not in self._proven:
            own = [] if self.is_hidden(entry.source) else [entry.source]
            paths = dict.fromkeys([*self._paths.get(digest, ()), *own])
            same = (file_digest(os.path.join(self._root, path)) == digest for path in paths)
            self._proven[key] = any(same)
        return self._proven[key]

    def _has_tagged(self, entry: Entry) -> bool:
        """Whether the photo folder holds the same picture with more written beside it, as when a
        program put tags into the photo: so nothing is lost with the copy."""
        image, size = _picture(os.path.join(self._out, entry.path))
        if not image:
            return False
        for path in dict.fromkeys([*self._pictures.get(image, ()), entry.source]):
            if not self.is_hidden(path):
                other, room = _picture(os.path.join(self._root, path))
                if other == image and room >= size:
                    return True
        return False


def _picture(path: str) -> tuple[str, int]:
    """The hash of the picture in a file (photos/image_hash.py), and the file's size in bytes; ''
    for what cannot be read, or is too large to be a photo."""
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            return "", 0
        with open(path, "rb") as file:
            return image_hash(file.read(_LARGEST)), about.st_size
    except (OSError, ValueError):
        return "", 0


def _unseen(source: str) -> bool:
    """Whether the system does not even say if the file is there."""
    try:
        return not stat.S_ISREG(os.stat(source).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
