"""Finds the photos of a folder: recursive, sorted, each real file once."""

from __future__ import annotations

import heapq
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facecluster.config import ScanConfig
from facecluster.errors import SettingsError
from facecluster.photos.formats import EXTENSIONS
from facecluster.photos.globs import matcher
from facecluster.records import PhotoFile

_HOUSEKEEPING: Final = frozenset(
    {"@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "$recycle.bin"}
    | {"system volume information", "lost+found", "__macosx"}
)
_HIDDEN_ATTRIBUTE, _REPARSE_POINT = 0x2, 0x400  # Windows: st_file_attributes
_RESULTS = (
    "index.db",
    "manifest.json",
)  # in the hidden folder of results; the first may be elsewhere
_HIDDEN_FLAG = 0x8000  # macOS and BSD: UF_HIDDEN in st_flags
_HAS_FLAGS: Final = any(hasattr(os.stat_result, a) for a in ("st_file_attributes", "st_flags"))


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """A folder that could not be listed: its path inside the photo folder, and the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The photos and the folders that could not be listed (none of their photos is in `files`).

    Both are sorted by path.
    """

    files: tuple[PhotoFile, ...]
    problems: tuple[ScanProblem, ...] = ()


def scan(root: Path, config: ScanConfig, skip: Path | None = None) -> ScanResult:
    """The photos in `root` and its subfolders, sorted by their path with `/`.

    A photo is a file with a known extension that passes the globs (see `globs`; an
    include narrows, an exclude wins). Left out: hidden files and folders, the litter of network
    drives, `skip` (our own output folder), folders of results (`_RESULTS`).

    Links to files and folders are followed, but what can be reached in two ways is listed once,
    under its real place where that is inside `root`. A link to `root` itself or to a folder above
    it is a loop and is left out. A photo that is a broken link, or whose size may not be read, is
    listed with size 0, so that reading it gives the reason; so are pipes, sockets and devices
    with a photo's name. Nothing is opened.

    Raises SettingsError when `root` is missing, is not a folder, or may not be listed.
    """
    start = _checked(root)
    walk = _Walk(config)
    walk.seen.update(os.path.normcase(parent) for parent in Path(start.real).parents)
    if skip is not None and _real(skip) != start.real:
        walk.seen.add(_real(skip))
    walk.folders.append(start)
    while walk.folders or walk.links:
        # Links wait until no real folder is left, so that a photo goes by its real place.
        folder = walk.folders.pop() if walk.folders else heapq.heappop(walk.links)
        if folder.real not in walk.seen:
            walk.seen.add(folder.real)
            walk.visit(folder)
    return walk.result()


def _checked(root: Path) -> _Folder:
    try:
        if not stat.S_ISDIR(os.stat(root).st_mode):
            raise SettingsError(f"{root} is not a folder: give the folder that your photos are in")
        os.scandir(root).close()
    except FileNotFoundError as error:
        raise SettingsError(f"{root}: there is no such folder") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{root}: this folder cannot be read ({reason})") from error
    return _Folder("", os.fspath(root), _real(root))


@dataclass(frozen=True, slots=True, order=True)
class _Folder:
    """path: inside the photo folder, with `/`. place: to open it. real: without any links."""

    path: str
    place: str
    real: str


class _Walk:
    """The state of one scan: what is still to be listed, and what was found."""

    def __init__(self, config: ScanConfig) -> None:
        self.included = matcher(config.include or ("*",))
        self.excluded = matcher(config.exclude)
        self.seen: set[str] = set()
        self.folders: list[_Folder] = []
        self.links: list[_Folder] = []  # a heap: the first path first
        self.files: list[tuple[PhotoFile, _Folder]] = []
        self.linked_files: list[tuple[PhotoFile, str]] = []
        self.problems: list[ScanProblem] = []

    def visit(self, folder: _Folder) -> None:
        """Sort the entries of one folder into photos, folders and links."""
        try:
            with os.scandir(folder.place) as entries:
                found = list(entries)
        except OSError as error:
            self.problems.append(ScanProblem(folder.path, error.strerror or str(error)))
            return
        if folder.path and any(e.name == ".facecluster" and _is_index(e) for e in found):
            return
        for entry in found:
            path = f"{folder.path}/{entry.name}" if folder.path else entry.name
            if not _is_hidden(entry) and not self.excluded(path):
                if _is_folder(entry):
                    self._add_folder(entry, path, folder)
                elif os.path.splitext(entry.name)[1].lower() in EXTENSIONS and self.included(path):
                    self._add_file(entry, path, folder)

    def _add_folder(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> None:
        if _is_link(entry):
            heapq.heappush(self.links, _Folder(path, entry.path, _real(entry.path)))
        else:
            real = os.path.join(parent.real, os.path.normcase(entry.name))
            self.folders.append(_Folder(path, entry.path, real))

    def _add_file(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> None:
        link = _is_link(entry)
        try:
            status = entry.stat()
        except FileNotFoundError:
            if link:
                self.files.append((PhotoFile(path, 0, 0), parent))
            return
        except OSError:  # a link to itself, a folder whose files may only be listed
            self.files.append((PhotoFile(path, 0, 0), parent))
            return
        if not stat.S_ISREG(status.st_mode):  # reading it says so; it has no size of its own
            self.files.append((PhotoFile(path, 0, 0), parent))
            return
        photo = PhotoFile.of(path, status)
        if link:
            self.linked_files.append((photo, _real(entry.path)))
        else:
            self.files.append((photo, parent))

    def result(self) -> ScanResult:
        photos = [photo for photo, _ in self.files]
        if self.linked_files:
            real = {
                os.path.join(folder.real, os.path.normcase(photo.name))
                for photo, folder in self.files
            }
            for photo, target in sorted(self.linked_files, key=lambda found: found[0].path):
                if target not in real:
                    real.add(target)
                    photos.append(photo)
        photos.sort(key=lambda photo: photo.path)
        self.problems.sort(key=lambda problem: problem.path)
        return ScanResult(tuple(photos), tuple(self.problems))


def _real(path: str | Path) -> str:
    """The place without links, in one spelling where the system ignores case."""
    return os.path.normcase(os.path.realpath(path))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_link(entry: os.DirEntry[str]) -> bool:
    """A symbolic link, or on Windows anything that may lead elsewhere, such as a junction."""
    try:
        return entry.is_symlink() or bool(_flags(entry, "st_file_attributes") & _REPARSE_POINT)
    except OSError:  # a share that says neither
        return False


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name.startswith(".")
        or entry.name.lower() in _HOUSEKEEPING
        or bool(_flags(entry, "st_file_attributes") & _HIDDEN_ATTRIBUTE)
        or bool(_flags(entry, "st_flags") & _HIDDEN_FLAG)
    )


def _flags(entry: os.DirEntry[str], name: str) -> int:
    """What the system says of the entry itself; asked only where it keeps such flags."""
    if not _HAS_FLAGS:
        return 0
    try:
        return int(getattr(entry.stat(follow_symlinks=False), name, 0))
    except OSError:
        return 0


def _is_index(entry: os.DirEntry[str]) -> bool:
    return any(os.path.isfile(os.path.join(entry.path, name)) for name in _RESULTS)
