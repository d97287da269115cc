"""Folders of people that the user renamed: found by what is in them, so that they are followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import file_digest
from facecluster.output.folders.manifest import Manifest, load

TOP = "people"
LOOKED_AT = 5  # files of a folder by which one sees that it is still where it was; set by hand


@dataclass(frozen=True, slots=True)
class Renamed:
    """folder: what it was called, below the output folder. name: what the user calls it. person:
    the lasting number of whose it is, None where no run has said it."""

    folder: str
    name: str
    person: int | None


def renamed_folders(out: Path, root: Path) -> list[Renamed]:
    """The folders below `people/` that were renamed by hand since the newest run, by folder.

    A folder counts as renamed when most of its files are in another one, which is new or whose own
    files are elsewhere, too. Raises OutputError where the list of files cannot be read.
    """
    manifest = load(out)
    return [
        Renamed(found.folder, found.place.partition("/")[2], _person(manifest, found.folder))
        for found in find_renamed(out, root, manifest)
    ]


def _person(manifest: Manifest, folder: str) -> int | None:
    whose = manifest.people.get(folder)
    return None if whose is None else whose.id


@dataclass(frozen=True, slots=True)
class Found:
    """A folder that is at `place` now. files: by path where ours were, where they are."""

    folder: str
    place: str
    files: Mapping[str, str]


def find_renamed(out: Path, root: Path, manifest: Manifest) -> list[Found]:
    """See renamed_folders. The list of a run that was killed says nothing of what a user did."""
    if manifest.moves or manifest.pending or not manifest.files:
        return []
    owned: dict[str, list[Entry]] = {}
    for entry in manifest.files:
        if entry.path.startswith(f"{TOP}/"):
            owned.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    try:
        with os.scandir(out / TOP) as listing:
            there = {f"{TOP}/{e.name}" for e in listing if e.is_dir(follow_symlinks=False)}
    except OSError:
        return []
    left = [f for f, own in sorted(owned.items()) if f not in there or _gone(out, root, own)]
    places = sorted((there - {*owned}) | {f for f in left if f in there})
    if not left or not places:
        return []
    return _matched(out, root, {folder: owned[folder] for folder in left}, places)


def adopted(manifest: Manifest, found: Iterable[Found]) -> Manifest:
    """The list as it is with the folders where the user has them now."""
    found = list(found)
    files = {path: place for one in found for path, place in one.files.items()}
    return manifest.relocated({one.folder: one.place for one in found}, files)


def _gone(out: Path, root: Path, own: list[Entry]) -> bool:
    """Whether some of the files are not where they were, as far as a few of them tell."""
    step = max(1, len(own) // LOOKED_AT)
    few = own[::step]
    return 2 * sum(entry.holds(out, root) for entry in few) < len(few) + 1


def _matched(
    out: Path, root: Path, left: Mapping[str, list[Entry]], places: Iterable[str]
) -> list[Found]:
    """Each folder with the place that holds most of its files; none where two fit as well."""
    contents = [_Content(out, root, place) for place in places]
    tries = [(folder, c.place, c.match(own)) for folder, own in left.items() for c in contents]
    tries = [t for t in tries if 2 * len(t[2]) > len(left[t[0]])]
    tries.sort(key=lambda t: -len(t[2]))
    found: dict[str, Found] = {}
    taken: set[str] = set()
    for folder, place, files in tries:
        rivals = [
            t
            for t in tries
            if (t[0] == folder) != (t[1] == place)
            and t[0] not in found
            and t[1] not in taken
            and len(t[2]) == len(files)
        ]
        if folder in found or place in taken or rivals:
            continue
        found[folder] = Found(folder, place, files)
        taken.add(place)
    return [one for _, one in sorted(found.items()) if one.folder != one.place]


@dataclass(slots=True)
class _Content:
    """What lies in one folder, by name, and by size where names are others."""

    out: Path
    root: Path
    place: str
    digests: dict[str, str] = field(default_factory=dict)
    sizes: dict[int, list[str]] | None = None

    def match(self, own: Iterable[Entry]) -> dict[str, str]:
        """Those of these files that are here: by path where each was, where it is."""
        found: dict[str, str] = {}
        rest = []
        for entry in own:
            path = f"{self.place}/{entry.path.rpartition('/')[2]}"
            if replace(entry, path=path).holds(self.out, self.root):
                found[entry.path] = path
            else:
                rest.append(entry)
        used = {*found.values()}
        for entry in rest:
            for path in self._by_size().get(entry.size, ()) if entry.how != "symlink" else ():
                if path not in used and self._digest(path) == entry.digest:
                    found[entry.path] = path
                    used.add(path)
                    break
        return found

    def _by_size(self) -> Mapping[int, list[str]]:
        if self.sizes is None:
            self.sizes = {}
            with os.scandir(self.out / self.place) as listing:
                for file in listing:
                    about = file.stat(follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode):
                        self.sizes.setdefault(about.st_size, []).append(f"{self.place}/{file.name}")
        return self.sizes

    def _digest(self, path: str) -> str:
        if path not in self.digests:
            self.digests[path] = file_digest(self.out / path)
        return self.digests[path]
