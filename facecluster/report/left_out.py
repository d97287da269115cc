"""What was left out of the photos, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from facecluster.photos.folder.left_out import VIDEO, LeftOut

_KINDS_TOLD: Final = 6


def left_out_sentences(left_out: Sequence[LeftOut]) -> list[str]:
    """One line on files and one on folders, none where nothing was left out."""
    files = [record for record in left_out if not record.folders]
    folders = [record for record in left_out if record.folders]
    sentences = []
    if files:
        verb = "was" if _count(files) == 1 else "were"
        videos = (
            " `scan.videos` reads videos, too." if any(r.reason == VIDEO for r in files) else ""
        )
        sentences.append(f"{counted_files(files)} {verb} left out: {_kinds(files)}.{videos}")
    if folders:
        many = _count(folders)
        what, verb = ("1 folder", "was") if many == 1 else (f"{many} folders", "were")
        sentences.append(f"{what} {verb} left out: {_kinds(folders)}.")
    return sentences


def counted_files(left_out: Iterable[LeftOut]) -> str:
    """Such as `3 files of other kinds`; empty where there is none."""
    count = _count(record for record in left_out if not record.folders)
    if not count:
        return ""
    return "1 file of another kind" if count == 1 else f"{count} files of other kinds"


def _count(records: Iterable[LeftOut]) -> int:
    return sum(record.count for record in records)


def _kinds(records: Sequence[LeftOut]) -> str:
    told = [f"{record.count} {record.kind}" for record in records[:_KINDS_TOLD]]
    more = len(records) - len(told)
    return ", ".join(told) + (f" and {more} more kind{'s' * (more > 1)}" if more else "")
