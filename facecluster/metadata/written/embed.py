"""Names inside the photos themselves, each of which is kept as it was before."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facecluster.base.atomic import replacing
from facecluster.metadata.files import whole
from facecluster.metadata.packets.embedded import embedded_packets
from facecluster.metadata.written.exiftool import Exiftool, ExiftoolError
from facecluster.metadata.written.merging import merged
from facecluster.metadata.written.packet import fit, new_packet
from facecluster.metadata.written.records import NamedBox, Outcome
from facecluster.metadata.xmp.parsing import RefusedError
from facecluster.photos.image_hash import image_hash

ORIGINALS: Final = ".facecluster/originals"  # in the output folder
_JPEG: Final = b"\xff\xd8\xff"
_PARTED: Final = b"HasExtendedXMP"
_MOST: Final = 1 << 30  # bytes of a photo that is held at once


@dataclass(frozen=True, slots=True)
class Embedder:
    """root: the photos. out: the output folder, which keeps the originals."""

    root: Path
    out: Path
    tool: Exiftool

    def write(
        self, path: str, faces: Sequence[NamedBox], size: tuple[int, int], ours: Sequence[NamedBox]
    ) -> Outcome:
        """Have the photo `path` below root name `faces`; size and ours as of `write_sidecar`.

        Only JPEG, whose picture is the same whatever is written beside it: where it would not be,
        the photo is put back as it was. Its time stays.
        """
        photo = self.root / path
        try:
            if photo.is_symlink():
                raise RefusedError("it is a link")
            data = whole(photo, _MOST)
            if data is None or not data.startswith(_JPEG):
                raise RefusedError("names go only into JPEG; for others, write sidecars")
            before = self._packet(photo)
            after = _wanted(before, faces, size, ours)
            if after == before:
                return Outcome(False, file=photo)
            self._keep(path, data)
            self._put(photo, data, after)
        except (RefusedError, ExiftoolError) as error:
            return Outcome(False, f"{photo}: {error}; it was left alone")
        except OSError as error:
            return Outcome(False, f"{photo}: cannot be written ({error.strerror or error})")
        return Outcome(True, file=photo)

    def _packet(self, photo: Path) -> bytes | None:
        """The XMP that is in the photo. Raises RefusedError where it is not in one piece."""
        packets = embedded_packets(os.fspath(photo))
        if len(packets) > 1 or any(_PARTED in packet for packet in packets):
            raise RefusedError("its XMP is in several pieces")
        return packets[0] if packets else None

    def _keep(self, path: str, data: bytes) -> None:
        """Have the original in the output folder; one that is there is never written over."""
        place = self.out / ORIGINALS / path
        if os.path.lexists(place) and image_hash(place.read_bytes()) != image_hash(data):
            place = place.with_name(
                f"{image_hash(data)}-{place.name}"
            )  # another photo had its name
        if os.path.lexists(place):
            return
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(place, sync=True) as partial:
            partial.write_bytes(data)
            partial.chmod(0o600)
            if _digest(partial.read_bytes()) != _digest(data):
                raise RefusedError("its original could not be kept")

    def _put(self, photo: Path, data: bytes, packet: bytes | None) -> None:
        times = photo.stat()
        handle, name = tempfile.mkstemp(suffix=".xmp", dir=self.tool.folder)
        file = Path(name)
        try:
            with open(handle, "wb") as new:
                new.write(packet or b"")
            self.tool.put(photo, None if packet is None else file)
        finally:
            file.unlink(missing_ok=True)
            changed = photo.read_bytes() if photo.exists() else b""
            if image_hash(changed) != image_hash(data):
                with replacing(photo, sync=True) as partial:
                    partial.write_bytes(data)
                    partial.chmod(times.st_mode & 0o777)
                    os.utime(partial, ns=(times.st_atime_ns, times.st_mtime_ns))
        if image_hash(changed) != image_hash(data):
            raise RefusedError("its picture would have changed")


def _wanted(
    before: bytes | None,
    faces: Sequence[NamedBox],
    size: tuple[int, int],
    ours: Sequence[NamedBox],
) -> bytes | None:
    if before is None or before == new_packet(ours, size):
        return new_packet(faces, size)
    return merged(before, fit(faces), fit(ours), size)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
