"""The records of an archive that torch.save wrote, none of them larger than the file."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from facecluster.train.pickles.nodes import PickleRefusedError

MOST: Final = 200_000  # records, each of which takes a kilobyte of memory
_PIECE: Final = 1 << 20
_ENTRY: Final = b"PK\1\2"  # before each line of the list of records
_HEAD: Final = struct.Struct("<4s22xHH")  # of a record: mark, lengths of its name and its extras


class Records:
    """Name to bytes, without the folder that all names begin with.

    Raises PickleRefusedError for what torch.save does not write: compressed records, which may
    unfold to any size, records that together are larger than the file, two of one name. Checksums
    are not looked at, since torch.save can be told to leave them out.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        if _entries(file) > MOST:
            raise PickleRefusedError(f"it has more than {MOST:,} records")
        try:
            with ZipFile(file) as archive:
                entries = archive.infolist()
        except (BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError) as error:
            raise PickleRefusedError("its archive is damaged or cut short") from error
        if sum(entry.file_size for entry in entries) > file.seek(0, io.SEEK_END):
            raise PickleRefusedError("its records are larger than the file")
        self._places: dict[str, ZipInfo] = {}
        for entry in entries:
            name = entry.filename.partition("/")[2]
            if entry.compress_type != ZIP_STORED or entry.file_size != entry.compress_size:
                raise PickleRefusedError("its records are compressed, as torch.save never has them")
            if name in self._places:
                raise PickleRefusedError(f"it has two records {name[:40]!r}")
            self._places[name] = entry

    def get(self, name: str) -> bytes | None:
        """The record's bytes, None when there is none of that name."""
        entry = self._places.get(name)
        if entry is None:
            return None
        try:
            self._file.seek(entry.header_offset)
            mark, *lengths = _HEAD.unpack(self._file.read(_HEAD.size))
            self._file.seek(sum(lengths), io.SEEK_CUR)
            found = self._file.read(entry.file_size)
        except (ValueError, OverflowError, struct.error) as error:
            raise PickleRefusedError("its archive is damaged or cut short") from error
        if mark != b"PK\3\4" or len(found) != entry.file_size:
            raise PickleRefusedError("its archive is damaged or cut short")
        return found


def _entries(file: BinaryIO) -> int:
    """How many records the archive may list; one that lies across two pieces is not counted."""
    file.seek(0)
    return sum(piece.count(_ENTRY) for piece in iter(lambda: file.read(_PIECE), b""))
