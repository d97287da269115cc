"""Whatever happens between runs, nothing of one person is found under another, nothing is lost.

Each file begins with the name of the person it shows, so that a mistake can be seen.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.records import PhotoRow
from facecluster.report.people import Identities
from tests.support.made_albums import Album, make_album, make_faces, make_grouping, make_photo

__all__ = ["make_album"]

WHO = ("anna", "bert", "cleo", "dora")


class Library:
    """A photo folder with its results, to which anything may happen."""

    def __init__(self, album: Album, seed: int) -> None:
        self.album, self.dice = album, random.Random(seed)
        self.number = 0
        self.who: dict[str, str] = {}  # by path in the photo folder
        self.excluded: set[str] = set()
        self.numbers: dict[str, int] = {}  # by half of a person
        self.names: dict[str, str | None] = {}
        self.hidden: set[str] = set()
        self.precious: set[bytes] = set()  # what must be somewhere for ever
        for _ in range(12):
            self.add()

    def add(self) -> None:
        person = self.dice.choice(WHO)
        self.number += 1
        folder = self.dice.choice(["", "away/", "b/"])
        path = f"{folder}IMG_{self.dice.randrange(6)}.jpg"
        if path not in self.who:
            self.paint(path, person)

    def paint(self, path: str, person: str) -> None:
        self.number += 1
        make_photo(self.album.root, path, f"{person} {self.number:04}")
        self.who[path] = person

    def delete(self) -> None:
        path = self.dice.choice(sorted(self.who))
        self.save_copies(path)
        (self.album.root / path).unlink()
        del self.who[path]
        self.excluded.discard(path)

    def repaint(self) -> None:
        """A camera gives a name again, or the photo is edited."""
        path = self.dice.choice(sorted(self.who))
        self.save_copies(path)
        self.paint(path, self.dice.choice(WHO))

    def save_copies(self, path: str) -> None:
        data = (self.album.root / path).read_bytes()
        if data in set(self.album.files().values()):
            self.precious.add(data)

    def copies(self) -> list[Path]:
        found = [p for top in ("people", "kept") for p in (self.album.out / top).rglob("*.jpg")]
        return sorted(found)

    def edit(self) -> None:
        if not (copies := self.copies()):
            return
        path, quiet = self.dice.choice(copies), self.dice.random() < 0.5
        old, about = path.read_bytes(), path.stat()
        self.number += 1
        new = old[:5] + f"{self.number:04}".encode()[: len(old) - 5]
        new += b"" if quiet else b" edited"
        path.write_bytes(new)
        if quiet:  # as exiftool -P does
            os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        self.precious.discard(old)
        self.precious.add(new)

    def put(self) -> None:
        if folders := sorted({path.parent for path in self.copies()}):
            folder = self.dice.choice(folders)
            person = next(folder.iterdir()).read_bytes()[:4]
            self.number += 1
            data = person + f" user {self.number}".encode()
            (folder / f"{self.dice.choice(['IMG_1', 'mine'])}-{self.number}.jpg").write_bytes(data)
            self.precious.add(data)

    def exclude(self) -> None:
        path = self.dice.choice(sorted(self.who))
        self.excluded ^= {path}

    def run(self) -> None:
        """Group what is there: people in any order, some split, some not found."""
        hidden = self.dice.random() < 0.2
        gone = {p for p in self.who if p in self.excluded or (hidden and p.startswith("away/"))}
        paths = sorted(set(self.who) - gone)
        ranks = self.dice.sample([f"{w}{part}" for w in WHO for part in (0, 1)], 6)
        labels = []
        for path in paths:
            names = [r for r in ranks if r[:-1] == self.who[path]]
            labels.append(ranks.index(self.dice.choice(names)) if names else -1)
        used = sorted({x for x in labels if x >= 0})
        labels = [used.index(x) if x >= 0 else -1 for x in labels]
        who = self.identities([ranks[x] for x in used])
        rows = [make_row(self.album.root, path) for path in paths]
        rows += [PhotoRow("away/", "", 0, problem="no permission")] if hidden else []
        faces = make_faces(range(len(paths)))
        faces = replace(faces, boxes=np.full_like(faces.boxes, 50))
        album = replace(self.album, photos=rows, faces=faces)
        replace(album, grouping=make_grouping([], [])).regroup(labels).write(who)
        self.check(hidden)

    def identities(self, found: list[str]) -> Identities:
        """Numbers that last, and names that people get, lose, exchange and share."""
        for person in found:
            self.numbers.setdefault(person, len(self.numbers) + 1)
            if self.dice.random() < 0.2:
                self.names[person] = self.dice.choice([None, "Zoë", "zoë", "Zoë (3)", "person-2"])
            if self.dice.random() < 0.1:
                self.hidden ^= {person}
        return Identities(
            ids=tuple(self.numbers[person] for person in found),
            names=tuple(self.names.get(person) for person in found),
            hidden=frozenset(self.numbers[person] for person in self.hidden),
        )

    def check(self, hidden: bool) -> None:
        folders: dict[str, set[bytes]] = {}
        for path, data in self.album.files().items():
            folders.setdefault(path.rpartition("/")[0], set()).add(data[:4])
        mixed = {f: who for f, who in folders.items() if len(who) > 1 and "unsure" not in f}
        assert mixed == {}
        there = set(self.album.files().values())
        assert self.precious <= there | {(self.album.root / p).read_bytes() for p in self.who}
        for path in self.excluded if not hidden else ():
            assert (self.album.root / path).read_bytes() not in there - self.precious


def make_row(root: Path, path: str) -> PhotoRow:
    return make_photo(root, path, (root / path).read_text())


@pytest.mark.parametrize("seed", range(30))
def test_nothing_of_one_person_is_ever_under_another(make_album, seed):
    library = Library(make_album([], []), seed)
    events = [library.add, library.delete, library.repaint, library.edit, library.put]
    library.run()
    for _ in range(12):
        for _ in range(library.dice.randrange(4)):
            if library.who:
                library.dice.choice([*events, library.exclude])()
        library.run()
