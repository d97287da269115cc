"""Copies that a power cut left empty or in part, and what keeps others from becoming that."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from facecluster.base.atomic import output_errors
from facecluster.base.disks import DEFAULT, flush_file_system
from facecluster.base.inside import unlink_inside
from facecluster.output.folders.entry import Entry
from facecluster.output.folders.fate import file_digest
from facecluster.output.folders.manifest import Manifest

BLOCK = 512  # bytes: what a disk writes whole or not at all
THREADS = 8  # a file system makes one out of many flushes that wait at once


def flush(out: Path, files: Iterable[str], folders: Iterable[str]) -> None:
    """Have files and the names in folders, both below `out`, on the disk. Raises OutputError."""
    files = list(files)
    with output_errors(out):
        if len(files) > DEFAULT.few and flush_file_system(out):
            return
    with ThreadPoolExecutor(THREADS) as pool:
        for made in [pool.submit(_flush_file, out / path) for path in files]:
            made.result()
    for folder in sorted(set(folders)):
        with suppress(OSError):  # some systems cannot: then names are safe without
            handle = os.open(out / folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _flush_file(path: Path) -> None:
    with output_errors(path), path.open("rb+" if os.name == "nt" else "rb") as file:
        os.fsync(file.fileno())


def clear_unfinished(
    out: Path, root: Path, manifest: Manifest, owned: dict[str, Entry]
) -> set[str]:
    """Remove copies of ours that a power cut left unfinished, so that they are made again.

    owned: the entries that hold (`Manifest.owned`); loses those of files that are removed. Gives
    the paths of which we cannot say that they are ours: what a run was about to write, where there
    now is something else, though nothing unfinished. Raises OutputError.
    """
    begun = {entry.path for entry in manifest.pending}
    whole = {e.path for e in manifest.files if e.path in begun and e.holds(out, root)}
    unknown = set()
    for entry in manifest.pending:
        if entry.path in whole or not _is_copy(out, root, entry):
            continue
        if file_digest(out / entry.path) != entry.digest:
            if _is_torn(out / entry.path, root / entry.source):
                _unlink(out, entry.path)
                owned.pop(entry.path, None)
            else:
                unknown.add(entry.path)
    for entry in manifest.files:
        if not entry.size or entry.path in owned or not _is_copy(out, root, entry):
            continue
        if (out / entry.path).lstat().st_size == 0:
            _unlink(out, entry.path)
    return unknown


def _is_copy(out: Path, root: Path, entry: Entry) -> bool:
    """Whether there is a file which is not a link of any kind to its photo."""
    try:
        about = os.lstat(out / entry.path)
    except OSError:
        return False
    linked = entry.how == "hardlink" and entry.holds(out, root)
    return stat.S_ISREG(about.st_mode) and not linked


def _is_torn(path: Path, source: Path) -> bool:
    """Whether `path` holds nothing but blocks of `source` in their places, and zeros."""
    try:
        original = source.open("rb") if source.is_file() else None
        with path.open("rb") as copy:
            try:
                while piece := copy.read(BLOCK):
                    right = original.read(BLOCK) if original else b""
                    if piece.strip(b"\0") and not right.startswith(piece):
                        return False
            finally:
                if original:
                    original.close()
    except OSError:
        return False
    return True


def _unlink(out: Path, path: str) -> None:
    with output_errors(out / path):
        unlink_inside(out, path)
