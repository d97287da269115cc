"""What stays behind in a folder goes with its person, or into `kept/`, never to somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from facecluster.output.folders.door import Whose
from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import Fate, Fates, file_digest
from facecluster.output.folders.listing import LITTER, Listing
from facecluster.output.folders.manifest import Manifest
from facecluster.output.folders.owners import Owners
from facecluster.report.file_names import name_key
from facecluster.report.records import Photo


@dataclass(slots=True)
class Leftovers:
    """Plans the moves of one run. frozen: there are no folders in this run, so nothing moves.

    moves: from where to where, to be made in this order, before anything is written.
    """

    out: Path
    manifest: Manifest
    owners: Owners
    fates: Fates
    listing: Listing
    frozen: bool
    moves: list[tuple[str, str]] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)  # by folder, where what it loses is kept

    def stay(self, folder: str) -> bool:
        """Whether what is left in `folder` is right there."""
        if self.frozen or not folder.startswith("people/"):
            return True
        home = self.owners.home(folder)
        if home is None and not self.owners.taken(folder):
            return self._waits(folder)
        return home == folder

    def _waits(self, folder: str) -> bool:
        """Whether photos of `folder` may come back, which is why it waits for them."""
        return any(
            self.fates.is_hidden(entry.source)
            for entry in self.manifest.files
            if entry.path.startswith(folder + "/")
        )

    def send_others(
        self,
        owned: Mapping[str, Entry],
        listed: dict[str, Entry],
        wanted: Mapping[str, Sequence[Photo]],
    ) -> None:
        """Move what is not ours out of the folders that are another person's now.

        An entry of `listed` whose file the user changed goes along with it to its person.
        """
        leaving = [f for f in sorted({*self.owners.homes, *self.owners.now}) if not self.stay(f)]
        there = {folder: tuple(self.listing.names(folder).values()) for folder in leaving}
        for folder, names in there.items():  # as they were before anything moved
            unknown = folder not in self.owners.homes
            for name in names:
                path = f"{folder}/{name}"
                if path in owned or name.lower() in LITTER:
                    continue
                if unknown and self._is_wanted(path, wanted.get(folder, ())):
                    continue
                place = self.send(path)
                entry = listed.pop(path, None)
                if entry is not None and place.startswith("people/"):
                    listed[place] = replace(entry, path=place)

    def send(self, path: str, fate: Fate = Fate.THEIRS) -> str:
        """Move what is at `path` to its person or to where things are kept; gives where."""
        folder = path.rpartition("/")[0]
        home = self.owners.home(folder)
        older = fate is Fate.OLDER or home is None
        place = self.listing.move(path, self._kept(folder) if older else str(home))
        self.moves.append((path, place))
        return place

    def _is_wanted(self, path: str, photos: Sequence[Photo]) -> bool:
        """Whether the file at `path` is, bit by bit, one of these photos."""
        try:
            size = (self.out / path).lstat().st_size
        except OSError:
            return False
        digests = {photo.digest for photo in photos if photo.bytes == size}
        return bool(digests) and file_digest(self.out / path) in digests

    def _kept(self, folder: str) -> str:
        """The folder below `kept/` for what is taken out of `folder`: one per person."""
        if folder not in self.kept:
            self.kept[folder] = self._known_kept(folder) or self.listing.fresh(
                f"kept/{folder.rpartition('/')[2]}"
            )
        return self.kept[folder]

    def _known_kept(self, folder: str) -> str | None:
        if folder == "unsure":
            return "kept/unsure"
        home = self.owners.home(folder)
        same = (k for k, h in self.owners.homes.items() if k.startswith("kept/") and h == home)
        return next(same, None) if home is not None else None

    def history(self) -> dict[str, Whose]:
        """Whose each folder is after this run, for the next one."""
        old = self.manifest.people
        people = dict(self.owners.now)
        for folder, whose in old.items():
            if folder not in people and self._still(folder):
                people[folder] = people.get(self.owners.home(folder) or "", whose)
        for folder, place in self.kept.items():
            if folder != "unsure":
                home = self.owners.home(folder)
                people[place] = self.owners.now.get(home or "", old.get(folder, Whose(())))
        return people

    def _still(self, folder: str) -> bool:
        """Whether a folder of nobody in this run goes on to be its person's."""
        if not folder.startswith("kept/"):
            return self.stay(folder)
        above, _, name = folder.rpartition("/")
        return name_key(name) in self.listing.names(above)
