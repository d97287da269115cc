"""Which photo goes where: the names in each folder, and what has to change on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from facecluster.base.atomic import output_errors
from facecluster.config import Link, OutputConfig
from facecluster.output.folders.links import link_text
from facecluster.output.folders.manifest import Entry, Manifest
from facecluster.report.file_names import candidates, name_key
from facecluster.report.records import Photo, Report


@dataclass(frozen=True, slots=True)
class Plan:
    """keep: entries whose files stay as they are. write: files to make, as they should become.

    remove: files of ours that nobody wants any more. spare: such files that may be the last copy
    of their photo, and therefore stay too. missing: photos that are gone since they were read.
    """

    keep: tuple[Entry, ...]
    write: tuple[Entry, ...]
    remove: tuple[Entry, ...]
    spare: tuple[Entry, ...]
    missing: tuple[str, ...]


def wanted_photos(report: Report, config: OutputConfig) -> dict[str, list[Photo]]:
    """By folder, the records of the photos that belong in it, in the order of their paths."""
    if config.link == "none":
        return {}
    photos = {photo.path: photo for photo in report.photos}
    faces = report.faces
    groups = [(p.folder, p.faces) for p in report.people if p.folder is not None]
    if config.unsure:
        groups.append(("unsure", report.unsure))
    return {
        folder: [photos[path] for path in sorted({faces[i].photo for i in members})]
        for folder, members in groups
        if members
    }


@dataclass(slots=True)
class Planner:
    """Finds a place for one photo after the other.

    owned: by path, the files that are ours. digests, sources: of the photos that can be read.
    """

    out: Path
    root: Path
    link: Link
    manifest: Manifest
    owned: Mapping[str, Entry]
    digests: Set[str]
    sources: Set[str]

    def plan(self, wanted: Mapping[str, Sequence[Photo]]) -> Plan:
        """Compare what is wanted with what is there. Raises OutputError."""
        listed = {e.path: e for e in (*self.manifest.files, *self.manifest.pending)}
        keep: list[Entry] = []
        write: list[Entry] = []
        missing: list[str] = []
        places: dict[str, str] = {}
        for folder, photos in wanted.items():
            there, used = self._listing(folder), set[str]()
            for photo in photos:
                try:
                    entry = self._entry(folder, photo)
                except OSError:
                    missing.append(photo.path)
                    continue
                path, ready = self._find(folder, entry, there, used, listed)
                used.add(name_key(path.rpartition("/")[2]))
                places[name_key(path)] = path
                if not ready:
                    write.append(replace(entry, path=path))
                elif path in listed:  # else it is the user's own copy of the same photo
                    old = listed[path]
                    same = old.source == entry.source
                    keep.append(old if same else replace(old, source=entry.source))
        unwanted = [e for p, e in sorted(self.owned.items()) if not self._stands(p, places)]
        spare = [e for e in unwanted if not self._expendable(e)]
        remove = [e for e in unwanted if self._expendable(e)]
        return Plan(tuple(keep), tuple(write), tuple(remove), tuple(spare), tuple(missing))

    def _find(
        self,
        folder: str,
        entry: Entry,
        there: Mapping[str, str],
        used: set[str],
        listed: Mapping[str, Entry],
    ) -> tuple[str, bool]:
        """The path for `entry` in `folder`, and whether the file there is right already."""
        for name in candidates(entry.source):
            key = name_key(name)
            if key in used:
                continue
            if key not in there:
                return f"{folder}/{name}", False
            path = f"{folder}/{there[key]}"
            ours = self.owned.get(path)
            if ours is not None:
                if self._is_right(ours, entry):
                    return path, True
                if self._expendable(ours):
                    return path, False
            elif path in listed:
                if listed[path].digest == entry.digest:
                    return path, True  # the user changed it: it is theirs now
            elif replace(entry, path=path).holds(self.out, self.root):
                return path, True
        raise AssertionError("candidates never end")

    def _entry(self, folder: str, photo: Photo) -> Entry:
        """What the manifest should say about `photo` in `folder`. Raises OSError if it is gone."""
        source = os.path.join(self.root, photo.path)
        about = os.stat(source)
        text = link_text(Path(source), self.out / folder) if self.link == "symlink" else ""
        return Entry(
            path=folder,
            source=photo.path,
            digest=photo.digest,
            link=self.link,
            how=self.link,
            size=about.st_size,
            mtime_ns=about.st_mtime_ns,
            text=text,
        )

    def _is_right(self, ours: Entry, entry: Entry) -> bool:
        """Whether a file of ours need not be written again."""
        if ours.digest != entry.digest or ours.link != entry.link:
            return False
        return ours.how != "symlink" or ours.text == entry.text

    def _expendable(self, ours: Entry) -> bool:
        """Whether nothing is lost with this file: its photo, maybe edited since, is still there."""
        return ours.how == "symlink" or ours.digest in self.digests or ours.source in self.sources

    def _stands(self, path: str, places: Mapping[str, str]) -> bool:
        """Whether the file at `path` is one that we want, maybe spelled in another case."""
        place = places.get(name_key(path))
        try:
            return place is not None and (
                place == path or (self.out / place).samefile(self.out / path)
            )
        except OSError:
            return False

    def _listing(self, folder: str) -> dict[str, str]:
        """What lies in a folder of the output, by the key of its name."""
        path = self.out / folder
        with output_errors(path):
            names = sorted(os.listdir(path)) if path.is_dir() else []
        return {name_key(name): name for name in names}
