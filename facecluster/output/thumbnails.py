"""The faces' small pictures, as files that report.html shows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from facecluster.base.atomic import output_errors
from facecluster.base.inside import unlink_inside, write_inside
from facecluster.errors import OutputError
from facecluster.output.private import FILE_MODE, make_folder
from facecluster.records import FaceTable, PhotoRow
from facecluster.report.rows import thumbnail_path

_DIGEST = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Flushing:
    """seconds: after which a system has written what it was given; Linux waits for 30 to 35."""

    seconds: float = 60.0


def find_thumbnails(
    out: Path, whole: bool = False, flushing: Flushing = Flushing()
) -> frozenset[str]:
    """The paths, relative to `out`, of all thumbnails that exist; read folder by folder.

    whole: without those that a power cut left empty or in part; it takes longer. What was written
    long before the newest report, is whole.
    """
    base = ".facecluster/thumbnails"
    found: set[str] = set()
    sure = _newest_report(out) - flushing.seconds
    try:
        for folder in os.listdir(out / base):
            if (out / base / folder).is_dir():
                with os.scandir(out / base / folder) as files:
                    found.update(
                        f"{base}/{folder}/{f.name}" for f in files if not whole or _stands(f, sure)
                    )
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise OutputError(f"Cannot read {out / base}: {error.strerror}") from error
    return frozenset(found)


def _newest_report(out: Path) -> float:
    """When it was written, in seconds since 1970."""
    try:
        return os.stat(out / "report.json").st_mtime
    except OSError:
        return 0.0


def _stands(file: os.DirEntry[str], sure: float) -> bool:
    """Whether a thumbnail holds what it should. sure: older ones do, if they hold anything."""
    about = file.stat()
    if about.st_mtime < sure or not about.st_size:
        return about.st_size > 0
    with open(file.path, "rb", buffering=0) as thumbnail:
        return is_whole(thumbnail.read())


def is_whole(data: bytes) -> bool:
    """Whether this begins and ends as a thumbnail does."""
    return data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")


def photos_without(out: Path, photos: Sequence[PhotoRow], faces: FaceTable) -> list[int]:
    """The rows of the photos of which a thumbnail is missing under `out`.

    Raises OutputError when the index names photos by what is not a digest.
    """
    for photo in photos:
        if photo.key:
            _checked(out, photo.key)
    found = find_thumbnails(out, whole=True)
    wanted = zip(faces.photo.tolist(), faces.ordinal.tolist(), strict=True)
    return sorted({i for i, n in wanted if thumbnail_path(photos[i].key, n) not in found})


def keep_thumbnails(out: Path, digest: str, files: list[bytes]) -> None:
    """Write the thumbnails of one photo under `out`; may be called from several threads.

    Neither flushed to the disk nor put in its place in one step: a thumbnail of which a kill or a
    power cut left a part, is made again by the next run.
    """
    names = [thumbnail_path(_checked(out, digest), i) for i in range(len(files))]
    if not names:
        return
    with output_errors(out / names[0]):
        make_folder(out, names[0].rpartition("/")[0])
        write_inside(out, dict(zip(names, files, strict=True)), FILE_MODE)


def drop_thumbnails(out: Path, digests: Iterable[str]) -> None:
    """Delete the thumbnails of these photos under `out`. Raises OutputError."""
    gone = {_checked(out, digest) for digest in digests}
    if not gone:
        return
    for name in find_thumbnails(out):
        if name.rpartition("/")[2].partition("-")[0] in gone:
            with output_errors(out / name), suppress(FileNotFoundError):
                unlink_inside(out, name)


def _checked(out: Path, digest: str) -> str:
    """`digest`, which becomes part of a path. Raises OutputError when it is not one."""
    if not _DIGEST.fullmatch(digest):
        raise OutputError(
            f"{out / '.facecluster/index.db'} is damaged (it names a photo {digest[:40]!a}): "
            "delete it to read all photos again"
        )
    return digest
