"""What an earlier run found in a photo folder, asked only where now there is nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from facecluster.base.disks import unmounted
from facecluster.config import ScanConfig
from facecluster.errors import PhotosGoneError, ReportError, SettingsError
from facecluster.library.index import Index
from facecluster.photos.globs import matcher
from facecluster.photos.scan import ScanProblem, ScanResult, scan
from facecluster.report.document import read_report
from facecluster.report.left_out import counted_files

NOT_MOUNTED = "the disk that was mounted here is not, so results of its photos wait for it"


def find_photos(root: Path, out: Path, config: ScanConfig, index: Path) -> ScanResult:
    """What `scan` gives, unless an earlier run with results in `out` found photos and now none are
    there: that looks like a drive that is not mounted, and results would go.

    Globs that leave nothing of a folder with photos are what the user asked for, and so is
    `config.empty_ok`. Raises PhotosGoneError, and what `scan` raises.
    """
    try:
        found = scan(root, config, skip=out, every_link=True)
    except SettingsError:
        if not os.path.exists(root) and (count := photos_before(out, index)):
            raise _gone(root, count, "no such folder; mount its drive") from None
        raise
    if found.files or config.empty_ok or not (count := photos_before(out, index)):
        return found
    if (config.include or config.exclude) and scan(root, ScanConfig(), skip=out).files:
        return found
    if found.problems:
        hidden = found.problems[0]
        raise _gone(root, count, f"none, since {hidden.path} cannot be listed ({hidden.reason})")
    now = f"none, only {others}" if (others := counted_files(found.left_out)) else "none"
    raise _gone(root, count, f"{now}; mount the drive, or give `scan.empty_ok` if that is meant")


def with_disks_away(
    found: ScanResult, root: Path, disks: Iterable[str], config: ScanConfig
) -> ScanResult:
    """What was found, and as folders that cannot be read those where a disk is not mounted.

    So results of their photos wait for them, unless `config.empty_ok`. disks: folders inside `root`
    that were other disks in an earlier run.
    """
    away = [] if config.empty_ok else unmounted(root, disks, (f.path for f in found.files))
    left_out = matcher(config.exclude)
    named = {disk: ScanProblem(disk, NOT_MOUNTED) for disk in away if not left_out(disk)}
    named |= {problem.path: problem for problem in found.problems}
    return replace(found, problems=tuple(named[path] for path in sorted(named)))


def photos_before(out: Path, index: Path) -> int:
    """How many photos the newest run with results in `out` found; nothing is changed.

    index: its index.db. Where that was deleted, the report still tells. Raises LibraryError for a
    damaged index.
    """
    if os.path.exists(index):
        with Index(index, reader="", keep=False) as opened:
            return opened.photos()
    try:
        return read_report(out / "report.json").summary.photos
    except ReportError:
        return 0


def _gone(root: Path, count: int, now: str) -> PhotosGoneError:
    found = "1 photo" if count == 1 else f"{count} photos"
    return PhotosGoneError(
        f"{root}: results stay as they are, since an earlier run found {found} here and now "
        f"there is {now}"
    )
