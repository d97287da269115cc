"""The names of this library, given to other programs in and beside the photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from facecluster.config import WriteNames
from facecluster.errors import SettingsError
from facecluster.identity import FaceKey
from facecluster.library.people.document import load
from facecluster.photos.video.frames import ENDINGS
from facecluster.records import Status
from facecluster.report.records import Photo, Report

_VIDEOS: Final = tuple(ENDINGS)


def check_writer(mode: WriteNames) -> None:
    """Raise SettingsError where names cannot be written so, before anything is done."""
    if mode != "embed":
        return
    from facecluster.metadata.written.exiftool import found

    if found() is None:
        advice = "install exiftool, which writes into photos, or choose sidecar"
        raise SettingsError("names.write", advice, mode)


def names_written(root: Path, out: Path, report: Report, mode: WriteNames) -> Report:
    """Write the names of `report` as `names.write` says; gives the report with notes about what
    could not be done. Raises OutputError."""
    if mode == "no":
        return report
    from facecluster.metadata.written.records import NamedBox
    from facecluster.metadata.written.run import PhotoNames, write_names

    hidden = {number for number, person in load(out).people.items() if person.hidden}
    names = {p.id: p.name for p in report.people if p.name is not None and p.id not in hidden}
    known = {photo.path: photo for photo in report.photos}
    photos = []
    for photo in report.photos:
        if photo.status == Status.UNREADABLE or photo.path.lower().endswith(_VIDEOS):
            continue  # nobody knows who is in it now; a video has no areas
        seen = known.get(photo.duplicate_of or "", photo)
        ids = (i for i in seen.faces if report.faces[i].person in names and report.faces[i].key)
        faces, image = [], ""
        for face in map(report.faces.__getitem__, ids):
            key = FaceKey.parse(face.key)
            box, image = _inside(key), key.image
            if box is not None and face.person is not None:
                faces.append(NamedBox(names[face.person], box))
        photos.append(
            PhotoNames(photo.path, image, _stored_size(seen), seen.orientation, tuple(faces))
        )
    notes = write_names(root, out, photos, mode)
    return replace(report, notes=(*report.notes, *notes)) if notes else report


def _inside(key: FaceKey) -> tuple[float, float, float, float] | None:
    """The part of a face that is in its picture; the detector may see beyond an edge."""
    x, y, width, height = key.box
    left, top = max(x, 0.0), max(y, 0.0)
    right, low = min(x + width, 1.0), min(y + height, 1.0)
    return (left, top, right - left, low - top) if right > left and low > top else None


def _stored_size(photo: Photo) -> tuple[int, int]:
    turned = photo.orientation >= 5
    return (photo.height, photo.width) if turned else (photo.width, photo.height)
