"""The list of files that we wrote, so that nothing else is ever overwritten or removed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path

from facecluster.base.atomic import write_atomic
from facecluster.config import Link
from facecluster.errors import OutputError

MANIFEST = ".facecluster/manifest.json"
VERSION = 1
SLACK_NS = 2_000_000_000  # FAT keeps times to 2 s


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of ours. `path` is relative to the output folder, `source` to the photo folder.

    digest: of the photo's bytes. link: what was asked for; how: what was done. size in bytes and
    mtime_ns: of the file as we left it; text: what a symbolic link says.
    """

    path: str
    source: str
    digest: str
    link: Link
    how: Link
    size: int
    mtime_ns: int
    text: str = ""

    def holds(self, out: Path, root: Path) -> bool:
        """Whether the file is there and still as we left it."""
        path = os.path.join(out, self.path)
        try:
            about = os.lstat(path)
            if self.how == "symlink":
                return stat.S_ISLNK(about.st_mode) and os.readlink(path) == self.text
        except OSError:
            return False
        if not stat.S_ISREG(about.st_mode):
            return False
        if _is_original(os.path.join(root, self.source), about):
            return self.how == "hardlink"
        return about.st_size == self.size and abs(about.st_mtime_ns - self.mtime_ns) <= SLACK_NS


_FIELDS = tuple(field.name for field in fields(Entry))
_values = attrgetter(*_FIELDS)


def _is_original(source: str, about: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(source), about)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Manifest:
    """files: what we wrote. pending: what a run was about to write when the list was saved."""

    files: tuple[Entry, ...] = ()
    pending: tuple[Entry, ...] = ()

    def owned(self, out: Path, root: Path) -> dict[str, Entry]:
        """By path, the entries that hold; an entry whose file was changed is not among them."""
        return {e.path: e for e in (*self.files, *self.pending) if e.holds(out, root)}


def load(out: Path) -> Manifest:
    """The manifest of `out`, empty where there is none. Raises OutputError when it is damaged."""
    path = out / MANIFEST
    try:
        data = json.loads(path.read_bytes())
        if data["version"] > VERSION:
            raise OutputError(
                f"{path} was written by a newer facecluster: update, or use `output.folder`"
            )
        return Manifest(
            tuple(Entry(**e) for e in data["files"]), tuple(Entry(**e) for e in data["pending"])
        )
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise OutputError(
            f"{path} cannot be read ({error}): move it and the folders beside it away, "
            "or use `output.folder`"
        ) from error


def by_path(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """In the order in which the manifest lists them."""
    return tuple(sorted(entries, key=attrgetter("path")))


def _line(entry: Entry) -> str:
    return json.dumps(dict(zip(_FIELDS, _values(entry), strict=True)))


def save(out: Path, files: Iterable[Entry], pending: Iterable[Entry] = ()) -> None:
    """Write the manifest, one file per line, in the order of the paths. Raises OutputError."""
    lists = {
        name: ",\n".join(map(_line, by_path(entries)))
        for name, entries in (("files", files), ("pending", pending))
    }
    text = (
        f'{{"format": "facecluster-manifest", "version": {VERSION},\n'
        f'"files": [\n{lists["files"]}\n],\n"pending": [\n{lists["pending"]}\n]}}\n'
    )
    write_atomic(out / MANIFEST, text.encode())
