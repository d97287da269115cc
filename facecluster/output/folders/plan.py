"""Which photo goes where: the names in each folder, and what has to change on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from facecluster.config import Link, OutputConfig
from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import Fate
from facecluster.output.folders.leftovers import Leftovers
from facecluster.output.folders.links import link_text
from facecluster.report.copies import one_of_each
from facecluster.report.file_names import candidates, name_key
from facecluster.report.records import Photo, Report


@dataclass(slots=True)
class Plan:
    """keep: entries whose files stay as they are. write: files to make, as they should become.

    remove: files of ours that nobody wants any more. spare: such files that are the last copy of
    their photo and stay. moved: such files by the path where they were, with their new one.
    theirs: paths of files that the user changed. missing: photos that are gone since they were
    read.
    """

    keep: list[Entry] = field(default_factory=list)
    write: list[Entry] = field(default_factory=list)
    remove: list[Entry] = field(default_factory=list)
    spare: list[Entry] = field(default_factory=list)
    moved: dict[str, Entry] = field(default_factory=dict)
    theirs: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def wanted_photos(report: Report, config: OutputConfig) -> dict[str, list[Photo]]:
    """By folder, the records of the photos that belong in it, in the order of their paths.

    Of copies of one photo only the best goes into a folder, unless `config.link_copies`.
    """
    if config.link == "none":
        return {}
    photos = {photo.path: photo for photo in report.photos}
    faces = report.faces
    groups = [(p.folder, p.faces) for p in report.people if p.folder is not None]
    if config.unsure:
        groups.append(("unsure", report.unsure))
    wanted = {
        folder: [photos[path] for path in sorted({faces[i].photo for i in members})]
        for folder, members in groups
        if members
    }
    if config.link_copies:
        return wanted
    return {folder: one_of_each(photos) for folder, photos in wanted.items()}


@dataclass(slots=True)
class Planner:
    """Finds a place for one photo after the other.

    listed: by path, all that the manifest knows. owned: those whose files are as we left them.
    """

    out: Path
    root: Path
    link: Link
    listed: dict[str, Entry]
    owned: Mapping[str, Entry]
    leftovers: Leftovers
    displaced: set[str] = field(default_factory=set)

    def plan(self, wanted: Mapping[str, Sequence[Photo]]) -> Plan:
        """Compare what is wanted with what is there. Raises OutputError."""
        self.leftovers.send_others(self.owned, self.listed, wanted)
        plan = Plan()
        places: dict[str, str] = {}
        for folder, photos in wanted.items():
            used = set[str]()
            for photo in photos:
                try:
                    entry = self._entry(folder, photo)
                except OSError:
                    plan.missing.append(photo.path)
                    continue
                path, ready = self._find(folder, entry, used)
                key = name_key(path.rpartition("/")[2])
                used.add(key)
                self.leftovers.listing.names(folder).setdefault(key, path.rpartition("/")[2])
                places[name_key(path)] = path
                if not ready:
                    plan.write.append(replace(entry, path=path))
                elif path in self.listed:  # else it is the user's own copy of the same photo
                    plan.keep.append(replace(self.listed[path], source=entry.source))
        for path, entry in sorted(self.owned.items()):
            if path in self.displaced or not self._stands(path, places):
                self._let_go(plan, entry)
        return plan

    def _let_go(self, plan: Plan, entry: Entry) -> None:
        """Decide about a file of ours that nobody wants where it is."""
        fate = self.leftovers.fates.of(entry)
        if fate is Fate.GOES:
            plan.remove.append(entry)
            return
        if fate is Fate.THEIRS:
            plan.theirs.append(entry.path)
        if self._stays(entry, fate):
            if fate is not Fate.THEIRS:
                plan.spare.append(entry)
            return
        place = self.leftovers.send(entry.path, fate)
        if fate is not Fate.THEIRS:
            plan.moved[entry.path] = replace(entry, path=place)

    def _stays(self, entry: Entry, fate: Fate) -> bool:
        folder = entry.path.rpartition("/")[0]
        if fate is Fate.OLDER and not self.leftovers.frozen:
            return folder.startswith("kept/")
        return self.leftovers.stay(folder)

    def _find(self, folder: str, entry: Entry, used: set[str]) -> tuple[str, bool]:
        """The path for `entry` in `folder`, and whether the file there is right already."""
        there = self.leftovers.listing.names(folder)
        for name in candidates(entry.source):
            key = name_key(name)
            if key in used:
                continue
            if key not in there:
                return f"{folder}/{name}", False
            path = f"{folder}/{there[key]}"
            ours, known = self.owned.get(path), self.listed.get(path)
            if ours is not None and self._is_right(ours, entry):
                return path, True
            if ours is not None and self._gives_way(ours):
                return path, False
            if known is not None:
                theirs = ours is None or self.leftovers.fates.of(ours) is Fate.THEIRS
                if theirs and known.digest == entry.digest:
                    return path, True  # the user changed it: it is theirs now
            elif replace(entry, path=path).holds(self.out, self.root):
                return path, True
        raise AssertionError("candidates never end")

    def _gives_way(self, ours: Entry) -> bool:
        """Whether another file may have the place of ours: it is not needed, or it moves away."""
        fate = self.leftovers.fates.of(ours)
        if fate is Fate.GOES:
            return True
        if self._stays(ours, fate):
            return False
        self.displaced.add(ours.path)
        return True

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

    def _stands(self, path: str, places: Mapping[str, str]) -> bool:
        """Whether the file at `path` is one that we want, maybe spelled in another case."""
        place = places.get(name_key(path))
        try:
            return place is not None and (
                place == path or (self.out / place).samefile(self.out / path)
            )
        except OSError:
            return False
