"""Finds the photos of a folder: recursive, sorted, each real file once."""

from __future__ import annotations

import heapq
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from facecluster.config import SETTINGS_FILE, ScanConfig
from facecluster.errors import SettingsError
from facecluster.photos.folder.entries import (
    holds_picture,
    is_folder,
    is_hidden,
    is_index,
    is_link,
    real_place,
)
from facecluster.photos.folder.left_out import SIDECARS, LeftOut, Tally, ending
from facecluster.photos.folder.libraries import TWICE, Rule, asked_for, library_rule, rule_for
from facecluster.photos.formats import EXTENSIONS
from facecluster.photos.globs import matcher
from facecluster.photos.video.frames import ENDINGS
from facecluster.records import PhotoFile


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """A folder that could not be listed: its path inside the photo folder, and the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The photos and the folders that could not be listed (none of their photos is in `files`).

    Both are sorted by path. left_out: files that are no photos, folders of other programs.
    """

    files: tuple[PhotoFile, ...]
    problems: tuple[ScanProblem, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def scan(
    root: Path, config: ScanConfig, skip: Path | None = None, every_link: bool = False
) -> ScanResult:
    """The photos in `root` and its subfolders, sorted by their path with `/`.

    A photo is a file that passes the globs (see `globs`; an include narrows, an exclude wins) and
    has a photo's ending or, whatever its name, a picture's first bytes. Left out and counted: all
    other files, and folders of other programs (see `libraries`). Left out without a word: hidden
    files and folders, `skip` (our own output folder), folders of results.

    Links to files and folders are followed, but what can be reached in two ways is listed once,
    under its real place where that is inside `root`; with `every_link` each link to a file is
    listed, marked as one. A link to `root` itself or to a folder above it is a loop, left out like
    a second link to a folder. A photo that is a broken link, or whose size may not be read, is
    listed with size 0, so that reading it gives the reason; so are pipes, sockets and devices with
    a photo's name. No file with a photo's ending is opened.

    Raises SettingsError when `root` is missing, is not a folder, or may not be listed.
    """
    start = _checked(root)
    walk = _Walk(config, every_link)
    walk.seen.update(os.path.normcase(parent) for parent in Path(start.real).parents)
    skipped = start.real if skip is None else real_place(skip)
    if skipped != start.real:
        walk.seen.add(skipped)
    walk.folders.append(start)
    while walk.folders or walk.links:
        # Links wait until no real folder is left, so that a photo goes by its real place.
        is_real = bool(walk.folders)
        folder = walk.folders.pop() if is_real else heapq.heappop(walk.links)
        if folder.real in walk.seen:
            if not is_real and folder.real != skipped:
                walk.leave(folder.path, TWICE)
        else:
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
    return _Folder("", os.fspath(root), real_place(root))


@dataclass(frozen=True, slots=True, order=True)
class _Folder:
    """path: inside the photo folder, with `/`. place: to open it. real: without any links."""

    path: str
    place: str
    real: str


class _Walk:
    """The state of one scan: what is still to be listed, and what was found."""

    def __init__(self, config: ScanConfig, every_link: bool) -> None:
        self.included = matcher(config.include or ("*",))
        self.excluded = matcher(config.exclude)
        self.every_link = every_link
        self.endings = EXTENSIONS | ENDINGS if config.videos else EXTENSIONS
        self.seen: set[str] = set()
        self.folders: list[_Folder] = []
        self.links: list[_Folder] = []  # a heap: the first path first
        self.files: list[tuple[PhotoFile, _Folder]] = []
        self.linked_files: list[tuple[PhotoFile, str]] = []
        self.problems: list[ScanProblem] = []
        self.others = Tally()

    def visit(self, folder: _Folder) -> None:
        """Sort the entries of one folder into photos, folders, links and what is left out."""
        try:
            with os.scandir(folder.place) as entries:
                found = list(entries)
        except OSError as error:
            self.problems.append(ScanProblem(folder.path, error.strerror or str(error)))
            return
        names = [entry.name for entry in found]
        library = library_rule(os.path.basename(folder.real), names)
        if folder.path and any(e.name == ".facecluster" and is_index(e) for e in found):
            return
        if folder.path and (rule := asked_for(names)) is not None:
            self.leave(folder.path, rule)
            return
        for entry in found:
            path = f"{folder.path}/{entry.name}" if folder.path else entry.name
            if self.excluded(path):
                continue
            if is_folder(entry):
                self._sort_folder(entry, path, folder, library)
            elif not is_hidden(entry) and self.included(path):
                self._sort_file(entry, path, folder, library is not None)

    def _sort_folder(
        self,
        entry: os.DirEntry[str],
        path: str,
        parent: _Folder,
        library: tuple[Rule, Sequence[str]] | None,
    ) -> None:
        rule = rule_for(entry.name, os.path.basename(parent.real))
        if library is not None and entry.name.lower() not in library[1]:
            rule = library[0]
        if rule is not None:
            self.leave(path, rule)
        elif not is_hidden(entry):
            self._add_folder(entry, path, parent)

    def leave(self, path: str, rule: Rule) -> None:
        """Count a folder that is left out."""
        self.others.folder(path, rule.kind, rule.reason)

    def _sort_file(
        self, entry: os.DirEntry[str], path: str, parent: _Folder, in_library: bool
    ) -> None:
        end = ending(entry.name)
        if not in_library and (
            end in self.endings or (end not in SIDECARS and holds_picture(entry))
        ):
            self._add_file(entry, path, parent)
        elif path != SETTINGS_FILE:
            self.others.file(path, end)

    def _add_folder(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> None:
        if is_link(entry):
            heapq.heappush(self.links, _Folder(path, entry.path, real_place(entry.path)))
        else:
            real = os.path.join(parent.real, os.path.normcase(entry.name))
            self.folders.append(_Folder(path, entry.path, real))

    def _add_file(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> None:
        link = is_link(entry)
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
            self.linked_files.append((photo, real_place(entry.path)))
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
                elif self.every_link:
                    photos.append(replace(photo, link=True))
        photos.sort(key=lambda photo: photo.path)
        self.problems.sort(key=lambda problem: problem.path)
        return ScanResult(tuple(photos), tuple(self.problems), self.others.records())
