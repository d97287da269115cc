"""Crops packed once on disk, so that later epochs and later runs decode nothing.

CACHE/KEY/pixels.npy holds them, index.json says what they are. KEY is a hash of all that decides
the crops; a folder is written beside its place and renamed, so a reader never meets half of one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from facecluster.base.machine import cores
from facecluster.base.pool import pooled
from facecluster.base.progress import Progress
from facecluster.errors import OutputError, PhotoError, SettingsError
from facecluster.photos.read import load
from facecluster.records import PhotoFile, Pixels
from facecluster.train.data.class_folders import Listing, class_of
from facecluster.train.data.cropfile import CropFile
from facecluster.train.data.cutters import Cutter
from facecluster.train.records import Pictures

VERSION = 1  # raise it when the same photos begin to give other crops
IN_FLIGHT = 4  # photos per thread that may wait for their turn
PIXELS, INDEX = "pixels.npy", "index.json"


def pack(
    listing: Listing,
    cut: Cutter,
    size: int,
    channels: int,
    cache: Path,
    progress: Progress,
    threads: int = 0,
    at_least: int = 2,
) -> Pictures:
    """The crops of all files of `listing`, from the cache, or made and put there.

    pixels are a read-only memory map. Files that cannot be used, and classes that are left with
    fewer than `at_least` pictures, are in `skipped`. Raises OutputError naming the cache folder.
    """
    folder = cache / _key(listing, cut.id, size, channels, at_least)
    made = _open(folder, size, channels)
    if made is None:
        with _writing(cache):
            _make(listing, cut, folder, (size, channels), at_least, progress, threads)
        made = _open(folder, size, channels)
    if made is None:
        raise OutputError(f"{folder}: what was just written cannot be read back")
    return made


def _key(listing: Listing, cut: str, size: int, channels: int, at_least: int) -> str:
    files = [(file.path, file.size, file.mtime_ns) for file in listing.files]
    root = os.path.realpath(listing.root)
    recipe = json.dumps([VERSION, root, files, listing.skipped, cut, size, channels, at_least])
    return hashlib.blake2b(recipe.encode(), digest_size=12).hexdigest()


def _open(folder: Path, size: int, channels: int) -> Pictures | None:
    """What lies there, None when it is missing or damaged."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        pixels = np.load(folder / PIXELS, mmap_mode="r")
        names = tuple(index["names"])
        if pixels.shape != (len(names), size, size, channels):
            return None
        return Pictures(
            pixels=pixels,
            labels=np.array(index["labels"], np.int64),
            classes=tuple(index["classes"]),
            names=names,
            skipped=tuple((path, reason) for path, reason in index["skipped"]),
        )
    except (OSError, ValueError, TypeError, LookupError, EOFError, RecursionError):
        return None


@contextmanager
def _writing(cache: Path) -> Iterator[None]:
    """Photos' own errors never come as OSError (photos.read), so what does is the cache's."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else f"cannot be written ({error.strerror or error})"
        advice = "make room or choose another folder" if full else "choose another folder"
        raise OutputError(f"{cache}: {why}; {advice} with `data.cache`") from error


def _make(
    listing: Listing,
    cut: Cutter,
    folder: Path,
    shape: tuple[int, int],
    at_least: int,
    progress: Progress,
    threads: int,
) -> None:
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        with (partial / PIXELS).open("wb") as file:
            writer = CropFile(file, *shape)
            crops = _crops(listing, cut, threads)
            names, skipped = _write_classes(writer, crops, at_least, progress, len(listing.files))
            writer.close(len(names))
        if not names:
            path, reason = skipped[0]
            raise SettingsError(
                f"{listing.root}: not one of its pictures can be used ({path}: {reason})"
            )
        index = _index(names, [*listing.skipped, *skipped])
        (partial / INDEX).write_text(json.dumps(index), encoding="utf-8")
        if folder.exists() and _open(folder, *shape) is None:
            shutil.rmtree(folder)
        _rename(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _index(names: list[str], skipped: list[tuple[str, str]]) -> dict[str, Any]:
    classes = sorted({class_of(name) for name in names})
    row = {name: number for number, name in enumerate(classes)}
    labels = [row[class_of(name)] for name in names]
    return {"names": names, "labels": labels, "classes": classes, "skipped": sorted(skipped)}


def _rename(partial: Path, folder: Path) -> None:
    """Put the new folder in its place; if another process was faster, its own is as good."""
    with suppress(FileExistsError):
        try:
            os.rename(partial, folder)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise


def _write_classes(
    writer: CropFile,
    crops: Iterator[tuple[PhotoFile, Pixels | str]],
    at_least: int,
    progress: Progress,
    total: int,
) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of the rows written, and what was skipped."""
    names: list[str] = []
    skipped: list[tuple[str, str]] = []
    done = 0
    for name, members in groupby(crops, lambda found: class_of(found[0].path)):
        before = len(names)
        for file, crop in members:
            done += 1
            if isinstance(crop, str):
                skipped.append((file.path, crop))
            else:
                writer.append(crop)
                names.append(file.path)
            progress("pack", done, total)
        if len(names) - before < at_least:
            writer.cut_to(before)
            count = "one" if len(names) > before else "none"
            skipped.append((name, f"a class of which {count} of the pictures can be used"))
            del names[before:]
    return names, skipped


def _crops(listing: Listing, cut: Cutter, threads: int) -> Iterator[tuple[PhotoFile, Pixels | str]]:
    """Every file with its crop, or the reason why there is none, in order."""

    def one(file: PhotoFile) -> tuple[PhotoFile, Pixels | str]:
        try:
            return file, cut(load(listing.root / file.path))
        except PhotoError as error:
            return file, str(error)
        except MemoryError:
            return file, "not enough memory for a photo of this size"

    return pooled(one, listing.files, threads or cores(), IN_FLIGHT, ordered=True, name="pack")
