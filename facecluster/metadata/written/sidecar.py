"""Names in the file beside a photo where other programs look for them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from facecluster.base.atomic import replacing
from facecluster.metadata.files import whole
from facecluster.metadata.limits import LIMITS
from facecluster.metadata.written.merging import merged
from facecluster.metadata.written.packet import fit, new_packet
from facecluster.metadata.written.records import NamedBox, Outcome
from facecluster.metadata.xmp.parsing import RefusedError
from facecluster.photos.formats import EXTENSIONS
from facecluster.photos.video.frames import ENDINGS


def write_sidecar(
    photo: Path,
    faces: Sequence[NamedBox],
    size: tuple[int, int],
    orientation: int,
    ours: Sequence[NamedBox],
) -> Outcome:
    """Have the sidecar of `photo` name `faces`; the photo itself is never touched.

    size: width and height of the stored picture in px. orientation: EXIF 1..8; areas are those of
    the stored picture whatever it is. ours: what was written there last. The sidecar is
    `a.jpg.xmp`; `a.xmp` where only that is there and no other photo shares its name. What others
    wrote into it stays; one that holds nothing but what we wrote is removed with the last name.
    """
    if not 1 <= orientation <= 8:
        raise ValueError(f"orientation: {orientation} is not 1..8")
    path = photo
    try:
        path, there = _sidecar_of(photo)
        if not there:
            data = new_packet(faces, size)
            return Outcome(False) if data is None else _put(path, data)
        return _merge(path, faces, size, ours)
    except RefusedError as error:
        return Outcome(False, f"{path}: {error}; it was left alone")
    except OSError as error:
        return Outcome(False, f"{path}: cannot be written ({error.strerror or error})")


def _merge(
    path: Path, faces: Sequence[NamedBox], size: tuple[int, int], ours: Sequence[NamedBox]
) -> Outcome:
    if path.is_symlink():
        raise RefusedError("it is a link")
    data = whole(path, LIMITS.text)
    if data is None:
        raise RefusedError(f"it is larger than {LIMITS.text >> 20} MB")
    if data == new_packet(ours, size):  # nobody else wrote to it
        result = new_packet(faces, size)
        if result is None:
            path.unlink()
            return Outcome(True)
    else:
        result = merged(data, fit(faces), fit(ours), size)
    return Outcome(False, file=path) if result == data else _put(path, result)


def _put(path: Path, data: bytes) -> Outcome:
    with replacing(path, sync=True) as partial:
        partial.write_bytes(data)
        with suppress(FileNotFoundError):
            partial.chmod(path.stat().st_mode & 0o777)
    return Outcome(True, file=path)


def _sidecar_of(photo: Path) -> tuple[Path, bool]:
    """Where the names of a photo go, and whether something is there."""
    for name in (f"{photo.name}.xmp", f"{photo.name}.XMP"):
        if os.path.lexists(photo.with_name(name)):
            return photo.with_name(name), True
    for name in (f"{photo.stem}.xmp", f"{photo.stem}.XMP"):
        path = photo.with_name(name)
        if os.path.lexists(path) and not _shared(photo):
            return path, True
    return photo.with_name(f"{photo.name}.xmp"), False


def _shared(photo: Path) -> bool:
    """Whether another photo or video may be meant by `a.xmp`.

    Asked by name: a folder of RAWs has one for each of thousands, and listing it takes long.
    """
    endings = (each for end in sorted(EXTENSIONS | ENDINGS) for each in (end, end.upper()))
    others = (f"{photo.stem}{end}" for end in endings if end.lower() != photo.suffix.lower())
    return any(os.path.lexists(photo.with_name(name)) for name in others)
