"""A sidecar beside a photo that has none; one that others wrote to is left alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from facecluster.base.atomic import replacing
from facecluster.metadata.written.packet import new_packet
from facecluster.metadata.written.records import NamedBox, Outcome


def write_sidecar(
    photo: Path,
    faces: Sequence[NamedBox],
    size: tuple[int, int],
    orientation: int,
    ours: Sequence[NamedBox],
) -> Outcome:
    """Have `a.jpg.xmp` beside `photo` name `faces`; the photo itself is never touched.

    size: width and height of the stored picture in px. orientation: EXIF 1..8; areas are those of
    the stored picture whatever it is. ours: what was written there last. A sidecar that holds
    exactly that is replaced, and removed where no named face is left; any other stays as it is.
    """
    if not 1 <= orientation <= 8:
        raise ValueError(f"orientation: {orientation} is not 1..8")
    path = photo.with_name(f"{photo.name}.xmp")
    data, before = new_packet(faces, size), new_packet(ours, size)
    try:
        found = [each for each in _sidecars(photo) if os.path.lexists(each)]
        if found:
            if data is None and before is None:
                return Outcome(False)
            if found[0] != path or not _holds(path, (data, before)):
                return Outcome(False, f"{found[0]}: it is not as we wrote it; left alone")
            if data is not None and _holds(path, (data,)):
                return Outcome(False)
        elif data is None:
            return Outcome(False)
        if data is None:
            path.unlink()
        else:
            with replacing(path, sync=True) as partial:
                partial.write_bytes(data)
    except OSError as error:
        return Outcome(False, f"{path}: cannot be written ({error.strerror or error})")
    return Outcome(True)


def _sidecars(photo: Path) -> list[Path]:
    names = [photo.name + ".xmp", photo.name + ".XMP", photo.stem + ".xmp", photo.stem + ".XMP"]
    return [photo.with_name(name) for name in names]


def _holds(path: Path, contents: Sequence[bytes | None]) -> bool:
    """Whether it is a plain file of one of these contents; nothing longer than them is read."""
    if path.is_symlink() or not path.is_file():
        return False
    size = path.stat().st_size
    same = [each for each in contents if each is not None and len(each) == size]
    return bool(same) and path.read_bytes() in same
