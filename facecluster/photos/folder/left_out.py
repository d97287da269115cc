"""What a scan leaves out of the photos: counted to the last file, named as far as anybody reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

NO_ENDING: Final = "without an ending"
OTHER_ENDINGS: Final = "with other endings"
VIDEO: Final = "a video: read only where that is asked for"
NOTES: Final = "what a program or camera notes beside a photo"
PICTURE: Final = "a kind of picture that is not read"
OTHER: Final = "not a photo"

_ENDING: Final = re.compile(r"\.\w{1,12}")


def _endings(words: str) -> frozenset[str]:
    return frozenset(f".{word}" for word in words.split())


_VIDEOS: Final = _endings(
    "mov mp4 m4v avi mkv webm wmv mpg mpeg mpe mts m2ts m2t 3gp 3g2 flv f4v ogv vob asf rm rmvb "
    "divx dv insv lrv 360 braw mxf qt"
)
# The one picture among them is the THM of a video. The others are text, which is not looked at:
# albums may have one beside every photo.
SIDECARS: Final = _endings("xmp json aae thm pp3 dop cos on1 ctg")
_PICTURES: Final = _endings(
    "psd psb xcf kra ora ai eps svg svgz ico cur tga exr hdr pcx ppm pgm pbm pnm jp2 j2k jpf jpx "
    "jpm dds wmf emf cdr afphoto pxm pdn qoi djvu raw"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of what was left out is kept by name: paths of each kind, kinds, paths in all.

    The greatest number of files that somebody will look through, and what keeps a report small
    that has no photos beside them.
    """

    paths: int = 1000
    kinds: int = 100
    in_all: int = 5000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Files or folders of one kind that were left out.

    kind: of files their ending with its dot in lower case; of folders, a few words. reason: why.
    count: all of them. paths: the first of them by path, inside the photo folder, with `/`;
    folders end with `/`.
    """

    kind: str
    reason: str
    count: int
    paths: tuple[str, ...]
    folders: bool = False

    def __post_init__(self) -> None:
        if self.count < max(1, len(self.paths)):
            raise ValueError(f"count: expected at least {max(1, len(self.paths))}: {self.count}")


def ending(name: str) -> str:
    """The ending with its dot, in lower case and without the spaces that some systems append."""
    return os.path.splitext(name.rstrip(" "))[1].lower()


def _file_reason(end: str) -> str:
    if end in _VIDEOS:
        return VIDEO
    if end in SIDECARS:
        return NOTES
    return PICTURE if end in _PICTURES else OTHER


class Tally:
    """Counts what is left out, kind by kind."""

    def __init__(self, bounds: Bounds = Bounds()) -> None:
        self._bounds = bounds
        self._kinds: dict[tuple[bool, str], _Kind] = {}

    def file(self, path: str, end: str) -> None:
        """A file that is no photo. end: see `ending`."""
        kind = end if _ENDING.fullmatch(end) else NO_ENDING
        if (False, kind) not in self._kinds and len(self._kinds) >= 10 * self._bounds.kinds:
            kind = OTHER_ENDINGS
        self._add(False, kind, _file_reason(kind), path)

    def folder(self, path: str, kind: str, reason: str) -> None:
        """A folder with all that is in it. kind: one of few."""
        self._add(True, kind, reason, f"{path}/")

    def _add(self, folders: bool, kind: str, reason: str, path: str) -> None:
        found = self._kinds.get((folders, kind))
        if found is None:
            found = self._kinds[folders, kind] = _Kind(reason)
        found.count += 1
        found.paths.append(path)
        if len(found.paths) > 2 * self._bounds.paths:
            found.paths = sorted(found.paths)[: self._bounds.paths]

    def records(self) -> tuple[LeftOut, ...]:
        """Files first, then folders; the kind with most of them first."""
        records = [
            LeftOut(kind, found.reason, found.count, tuple(sorted(found.paths)), folders)
            for (folders, kind), found in self._kinds.items()
        ]
        records.sort(key=lambda record: (record.folders, -record.count, record.kind))
        files = [record for record in records if not record.folders]
        most = self._bounds.kinds
        rare = [*files[most:], *(r for r in files[:most] if r.kind == OTHER_ENDINGS)]
        if rare:
            common = [record for record in files if record not in rare]
            files = [*common, _together(rare)]
        return tuple(self._cut([*files, *(r for r in records if r.folders)]))

    def _cut(self, records: Iterable[LeftOut]) -> Iterable[LeftOut]:
        left = self._bounds.in_all
        for record in records:
            kept = record.paths[: min(self._bounds.paths, left)]
            left -= len(kept)
            yield replace(record, paths=kept)


class _Kind:
    """One kind while it is counted; `paths` holds at least the first ones."""

    __slots__ = ("count", "paths", "reason")

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.count = 0
        self.paths: list[str] = []


def _together(records: Iterable[LeftOut]) -> LeftOut:
    records = list(records)
    paths = sorted(path for record in records for path in record.paths)
    return LeftOut(OTHER_ENDINGS, OTHER, sum(r.count for r in records), tuple(paths))
