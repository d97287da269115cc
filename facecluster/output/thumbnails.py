"""The faces' small pictures, as files that report.html shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facecluster.base.atomic import output_errors, replacing
from facecluster.output.rows import thumbnail_path
from facecluster.output.write import find_thumbnails
from facecluster.records import FaceTable, PhotoRow


def photos_without(out: Path, photos: Sequence[PhotoRow], faces: FaceTable) -> list[int]:
    """The rows of the photos of which a thumbnail is missing under `out`."""
    found = find_thumbnails(out)
    wanted = zip(faces.photo.tolist(), faces.ordinal.tolist(), strict=True)
    return sorted({i for i, n in wanted if thumbnail_path(photos[i].digest, n) not in found})


def keep_thumbnails(out: Path, digest: str, files: list[bytes]) -> None:
    """Write the thumbnails of one photo under `out`; may be called from several threads.

    Not flushed to the disk one by one: a thumbnail lost in a power cut is made again by
    the next run.
    """
    for ordinal, data in enumerate(files):
        path = out / thumbnail_path(digest, ordinal)
        with output_errors(path), replacing(path) as partial:
            partial.write_bytes(data)
