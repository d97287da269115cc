"""The list of files that we wrote, so that nothing else is ever overwritten or removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

from facecluster.errors import OutputError
from facecluster.output.folders.album import Album
from facecluster.output.folders.door import Whose, album_from, entry_from, moves_from, people_from
from facecluster.output.folders.entry import Entry
from facecluster.output.private import write_private

MANIFEST = ".facecluster/manifest.json"
VERSION = 3  # 1 knew no album, people and moves; 2 knew faces by their photo's bytes

_FIELDS = tuple(field.name for field in fields(Entry))
_values = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Manifest:
    """files: what we wrote. pending: what a run was about to write when the list was saved.

    album: the photo folder it is all about; None in lists of earlier versions. people: by folder,
    whose it is; empty in lists of earlier versions, which knew faces otherwise. moves: from where
    to where a run was about to move files; all else that the list says is meant for after them.
    """

    files: tuple[Entry, ...] = ()
    pending: tuple[Entry, ...] = ()
    album: Album | None = None
    people: Mapping[str, Whose] = field(default_factory=dict)
    moves: tuple[tuple[str, str], ...] = ()

    def relocated(self, folders: Mapping[str, str], files: Mapping[str, str]) -> Manifest:
        """The same list where these folders, and these files one by one, are elsewhere by now."""

        def moved(entry: Entry) -> Entry:
            folder, _, name = entry.path.rpartition("/")
            place = files.get(entry.path, f"{folders.get(folder, folder)}/{name}")
            return entry if place == entry.path else replace(entry, path=place)

        stayed = {f: w for f, w in self.people.items() if f not in folders}
        went = {folders[f]: w for f, w in self.people.items() if f in folders}
        return replace(
            self,
            files=by_path(map(moved, self.files)),
            pending=by_path(map(moved, self.pending)),
            people=stayed | went,
        )

    def owned(self, out: Path, root: Path) -> dict[str, Entry]:
        """By path, the entries that hold; an entry whose file was changed is not among them."""
        return {e.path: e for e in (*self.files, *self.pending) if e.holds(out, root)}


def load(out: Path) -> Manifest:
    """The manifest of `out`, empty where there is none. Raises OutputError when it is damaged."""
    path = out / MANIFEST
    try:
        manifest, version = _parsed(path.read_bytes())
        if version > VERSION:
            raise OutputError(
                f"{path} was written by a newer facecluster: update, or use `output.folder`"
            )
        return manifest
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OutputError(
            f"{path} cannot be read ({error}): move it and the folders beside it away, "
            "or use `output.folder`"
        ) from error


@lru_cache(maxsize=1)  # a run looks three times: before the long work, after it, before it writes
def _parsed(content: bytes) -> tuple[Manifest, int]:
    """What the file says, and the version of its form; of a newer form only that."""
    data = json.loads(content)
    if data["version"] > VERSION:
        return Manifest(), data["version"]
    manifest = Manifest(
        tuple(map(entry_from, data["files"])),
        tuple(map(entry_from, data["pending"])),
        album_from(data["album"]) if data.get("album") is not None else None,
        people_from(data.get("people", {})) if data["version"] == VERSION else {},
        moves_from(data.get("moves", [])),
    )
    return manifest, data["version"]


def by_path(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """In the order in which the manifest lists them."""
    return tuple(sorted(entries, key=attrgetter("path")))


def _line(entry: Entry) -> str:
    return json.dumps(dict(zip(_FIELDS, _values(entry), strict=True)))


def save(out: Path, manifest: Manifest) -> None:
    """Write the manifest, one file per line, in the order of the paths. Raises OutputError."""
    album = manifest.album
    about = None if album is None else {f.name: getattr(album, f.name) for f in fields(Album)}
    people = ",\n".join(
        f'{json.dumps(folder)}: {{"id": {json.dumps(w.id)}, "faces": {json.dumps(w.faces)}}}'
        for folder, w in sorted(manifest.people.items())
    )
    lists = {
        "moves": ",\n".join(map(json.dumps, manifest.moves)),
        "files": ",\n".join(map(_line, by_path(manifest.files))),
        "pending": ",\n".join(map(_line, by_path(manifest.pending))),
    }
    text = (
        f'{{"format": "facecluster-manifest", "version": {VERSION},\n'
        f'"album": {json.dumps(about)},\n"people": {{\n{people}\n}},\n'
        + ",\n".join(f'"{name}": [\n{lines}\n]' for name, lines in lists.items())
        + "}\n"
    )
    write_private(out, MANIFEST, (text.encode(),))
