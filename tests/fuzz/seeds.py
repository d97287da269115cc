"""Files of ours to be damaged, written by our own writers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from facecluster.output.folders.manifest import MANIFEST
from facecluster.records import Reason
from tests.support.made_albums import Album, make_faces, make_grouping, make_photo


def bytes_of(write: Callable[[Path], object]) -> bytes:
    """What `write` leaves at the path that it is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path)
        return path.read_bytes()


@contextmanager
def _written() -> Iterator[Path]:
    """The output folder of a small album."""
    with tempfile.TemporaryDirectory() as folder:
        root, labels = Path(folder) / "Photos", (0, 0, 1, 1, -1)
        photos = [make_photo(root, f"{name}/{name}.jpg") for name in "abcde"]
        reasons = [Reason.ALONE if label < 0 else Reason.PLACED for label in labels]
        faces = make_faces(range(len(photos)))
        album = Album(root, Path(folder) / "out", photos, faces, make_grouping(labels, reasons))
        album.write()
        yield album.out


def a_report() -> list[bytes]:
    with _written() as out:
        return [(out / "report.json").read_bytes()]


def a_manifest() -> list[bytes]:
    with _written() as out:
        return [(out / MANIFEST).read_bytes()]
