"""What a user meant who dragged files between the folders of people, or deleted some there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from facecluster.identity import FaceKey
from facecluster.output.folders.by_hand.renamed import TOP, adopted, find_renamed
from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import file_digest
from facecluster.output.folders.manifest import Manifest, load
from facecluster.report.file_names import name_key
from facecluster.report.records import Photo, Report


@dataclass(frozen=True, slots=True)
class Lesson:
    """What became of a file of ours. path: of the photo in the album. face: the one that is meant.
    left, now: the folder it was in, and the one it is in, both below `people/`; None for none."""

    path: str
    face: FaceKey
    left: str | None
    now: str | None


def learned(out: Path, root: Path, report: Report) -> list[Lesson]:
    """What was moved into, out of and between folders of people since `report`, by path.

    Only where it is clear which face is meant; nothing of a folder that is gone or empty as a
    whole. `root` is the photo folder. Raises OutputError where the list of files cannot be read.
    """
    manifest = load(out)
    if manifest.moves or manifest.pending:
        return []
    renamed = find_renamed(out, root, manifest)
    manifest = adopted(manifest, renamed)
    called = {one.place: one.folder for one in renamed}
    album = _Album(out, root, report, called)
    lessons = _moved(album, *_differences(album, manifest))
    return sorted(set(lessons), key=lambda one: (one.path, one.face, one.left or "", one.now or ""))


def moved_by_hand(
    out: Path,
    manifest: Manifest,
    owned: Mapping[str, Entry],
    wanted: Mapping[str, Sequence[Photo]],
) -> list[str]:
    """A sentence for the user where files of ours are in other folders of people now, if any."""
    lost = [e for e in manifest.files if e.path not in owned and not e.path.startswith("kept/")]
    lost = [e for e in lost if not os.path.lexists(out / e.path)]
    if not lost:
        return []
    known = {entry.path for entry in manifest.files}
    places: dict[str, set[str]] = {}
    for folder, name in _files(out):
        if f"{folder}/{name}" not in known:
            places.setdefault(name_key(name), set()).add(folder)
    right = {f: {photo.digest for photo in photos} for f, photos in wanted.items()}
    count = 0
    for entry in lost:
        folder, _, name = entry.path.rpartition("/")
        others = places.get(name_key(name), set()) - {folder}
        count += any(entry.digest not in right.get(other, ()) for other in others)
    if not count:
        return []
    files = "1 file was" if count == 1 else f"{count} files were"
    return [f"{files} moved by hand: `facecluster people PHOTOS learn` takes that over."]


def _files(out: Path) -> Iterator[tuple[str, str]]:
    """Folder and name of each file in a folder of `people/`; links to folders are not followed."""
    try:
        names = sorted(os.listdir(out / TOP))
    except OSError:
        return
    for name in names:
        path = out / TOP / name
        if not path.is_symlink() and path.is_dir():
            with os.scandir(path) as listing:
                yield from ((f"{TOP}/{name}", e.name) for e in listing if not e.is_dir())


@dataclass(slots=True)
class _Album:
    """called: by folder, what it was called in the newest run, where the user renamed it."""

    out: Path
    root: Path
    report: Report
    called: Mapping[str, str]
    by_path: dict[str, Photo] = field(default_factory=dict)
    by_digest: dict[str, Photo] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    sizes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for photo in self.report.photos:
            self.by_path[photo.path] = photo
            self.sizes.add(photo.bytes)
            if photo.faces:
                self.by_digest.setdefault(photo.digest, photo)
        self.ids = {p.folder: p.id for p in self.report.people if p.folder is not None}

    def folder(self, folder: str) -> str:
        return self.called.get(folder, folder)

    def digest(self, path: str) -> str:
        """Of the photo that a file in the output shows; empty where it is none of the album."""
        file = self.out / path
        if file.is_symlink():
            text, root = os.readlink(file), os.path.realpath(self.root)
            for folder in (file.parent, self.out / "unsure"):  # from there it led to another place
                place = os.path.relpath(os.path.realpath(folder / text), root)
                shown = self.by_path.get(Path(place).as_posix())
                if shown is not None and shown.digest in self.by_digest:
                    return shown.digest
            return ""
        digest = file_digest(file) if file.lstat().st_size in self.sizes else ""
        return digest if digest in self.by_digest else ""

    def lesson(
        self, digest: str, faces: Sequence[int], left: str | None, now: str | None
    ) -> Lesson:
        key = FaceKey.parse(self.report.faces[faces[0]].key)
        return Lesson(self.by_digest[digest].path, key, left, now)

    def of_person(self, digest: str, folder: str) -> list[int]:
        """The faces in a photo that are of the person of this folder."""
        faces, person = self.report.faces, self.ids.get(folder)
        if person is None:
            return []
        return [i for i in self.by_digest[digest].faces if faces[i].person == person]

    def unplaced(self, digest: str) -> list[int]:
        faces = self.report.faces
        return [i for i in self.by_digest[digest].faces if faces[i].person is None]


_Places = dict[str, list[str]]  # by digest, folders


def _differences(album: _Album, manifest: Manifest) -> tuple[_Places, _Places]:
    """By digest of a photo: the folders it is gone from, and those it came to.

    A file that has another name in its folder is in neither.
    """
    gone: _Places = {}
    there: _Places = {}
    left: set[str] = set()  # folders in which something of ours still is
    for entry in manifest.files:
        folder = album.folder(entry.path.rpartition("/")[0])
        if entry.digest not in album.by_digest or folder.startswith("kept/"):
            continue
        if os.path.lexists(album.out / entry.path):
            there.setdefault(entry.digest, []).append(folder)
            left.add(folder)
        else:
            gone.setdefault(entry.digest, []).append(folder)
    known = {entry.path for entry in manifest.files}
    came: _Places = {}
    for place, name in _files(album.out):
        path, folder = f"{place}/{name}", album.folder(place)
        digest = album.digest(path) if path not in known else ""
        if not digest:
            continue
        if folder in gone.get(digest, ()):
            gone[digest].remove(folder)
            left.add(folder)
        elif folder not in there.get(digest, ()):
            came.setdefault(digest, []).append(folder)
    for digest, folders in gone.items():
        if digest not in came:
            gone[digest] = [folder for folder in folders if folder in left]
    return gone, came


def _moved(album: _Album, gone: _Places, came: _Places) -> Iterator[Lesson]:
    """The lessons of these differences, where it is clear which face is meant."""
    for digest in {**gone, **came}:
        left = [folder for folder in gone.get(digest, ()) if folder.startswith(f"{TOP}/")]
        unsure = "unsure" in gone.get(digest, ())
        now = came.get(digest, [])
        if not now:
            for folder in left:
                if len(faces := album.of_person(digest, folder)) == 1:
                    yield album.lesson(digest, faces, folder, None)
        elif len(now) == 1 and len(left) + unsure == 1:
            faces = album.of_person(digest, left[0]) if left else album.unplaced(digest)
            if len(faces) == 1:
                yield album.lesson(digest, faces, left[0] if left else None, now[0])
        elif len(now) == 1 and not left and len(album.by_digest[digest].faces) == 1:
            yield album.lesson(digest, album.by_digest[digest].faces, None, now[0])
