"""The photos of one person, for other programs: paths, JSON, or a zip of the originals."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from facecluster.base.atomic import output_errors, replacing
from facecluster.cli.people.find.everybody import Somebody
from facecluster.cli.people.find.results import Results
from facecluster.errors import FaceclusterError, SettingsError
from facecluster.report.file_names import candidates, name_key
from facecluster.report.records import Photo

FORMAT, VERSION = "facecluster-album", 1
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)  # that a zip can say
_NEWEST: Final = (2107, 12, 31, 23, 59, 58)


def photos_of(results: Results, somebody: Somebody) -> list[Photo]:
    """The photos that show the person, by path; of copies the one that stands for them."""
    found = {}
    for face in somebody.faces:
        photo = results.photos[face.photo]
        best = results.photos.get(photo.copy_of or photo.path, photo)
        found[best.path] = best
    return [found[path] for path in sorted(found)]


def album_document(results: Results, somebody: Somebody) -> dict[str, Any]:
    """As JSON has it; docs/formats.md describes it."""
    root = results.report.root
    return {
        "format": FORMAT,
        "version": VERSION,
        "root": root,
        "person": {"id": somebody.id, "name": somebody.name},
        "photos": [
            {"path": photo.path, "file": os.path.join(root, photo.path), "taken": photo.taken}
            for photo in photos_of(results, somebody)
        ],
    }


def write_zip(results: Results, photos: Iterable[Photo], file: Path, force: bool) -> int:
    """Put the originals into a new zip; gives how many. They are read piece by piece, and not
    compressed again. Raises SettingsError where `file` is there, FaceclusterError where a photo
    cannot be read, OutputError where the zip cannot be written."""
    if os.path.lexists(file) and not force:
        raise SettingsError(f"{file}: it is there already; choose another name, or give --force")
    names = _names(photo.path for photo in photos)
    with output_errors(file), replacing(file) as partial, zipfile.ZipFile(partial, "w") as packed:
        for path, name in names.items():
            _put(packed, Path(results.report.root, path), name)
    return len(names)


def _put(packed: zipfile.ZipFile, path: Path, name: str) -> None:
    try:
        source = path.open("rb")
    except OSError as error:
        raise FaceclusterError(
            f"{path}: cannot be read ({error.strerror or error}), so no zip was written; "
            "mount its drive, or group once more"
        ) from error
    with source:
        info = zipfile.ZipInfo(name, _time(os.fstat(source.fileno())))
        info.external_attr = 0o644 << 16
        info.file_size = os.fstat(source.fileno()).st_size  # so that it knows of large files
        with packed.open(info, "w") as target:
            while piece := source.read(1 << 20):
                target.write(piece)


def _time(about: os.stat_result) -> tuple[int, int, int, int, int, int]:
    """When the file was changed, as far as a zip can say."""
    try:
        moment = time.localtime(about.st_mtime)
    except (OverflowError, ValueError, OSError):
        return _OLDEST
    plain = (moment.tm_year, moment.tm_mon, moment.tm_mday, moment.tm_hour, moment.tm_min)
    return min(max((*plain, min(moment.tm_sec, 59)), _OLDEST), _NEWEST)


def _names(paths: Iterable[str]) -> dict[str, str]:
    """For each photo a name that no other one has, on whatever system the zip is opened."""
    used: set[str] = set()
    names = {}
    for path in paths:
        name = next(name for name in candidates(path) if name_key(name) not in used)
        used.add(name_key(name))
        names[path] = name
    return names
