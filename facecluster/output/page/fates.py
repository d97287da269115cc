"""What became of the photos: the bar over all of them, and the lists of those without people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from facecluster.output.page.text import Links
from facecluster.photos.folder.left_out import LeftOut
from facecluster.records import Status
from facecluster.report.left_out import left_out_sentences
from facecluster.report.records import Failure, Photo, Report, Summary

LINES_SHOWN = 1000  # photos of each list

_LABELS = {
    Status.GROUPED: "with people",
    Status.UNSURE: "unsure",
    Status.POOR: "faces too small or poor",
    Status.NO_FACE: "no face",
    Status.DUPLICATE: "duplicate",
    Status.UNREADABLE: "unreadable",
}
_LISTED = (
    (
        Status.UNREADABLE,
        "Could not be read",
        "These files were left out; the rest is complete.",
    ),
    (Status.NO_FACE, "No face", "Landscapes, food, backs of heads."),
    (
        Status.POOR,
        "Only small or poor faces",
        "There are faces, but none clear enough to place.",
    ),
    (Status.DUPLICATE, "Duplicates", "The same file twice: one of them stands for both."),
)
_COPIES = "The same picture in another size, or edited: the largest stands for all."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StripPart:
    """The photos of one status as a piece of the bar, from `x` on, in ‰ of its width.

    status: the style sheet's class.
    """

    status: str
    label: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Line:
    """A photo as a link, with the reason why it is in this list."""

    path: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListView:
    """The photos of one status, or what else there is. count: all; more: those not shown."""

    status: str
    title: str
    text: str
    count: int
    lines: list[Line]
    more: int


def strip(summary: Summary) -> list[StripPart]:
    """The bar that accounts for every photo."""
    parts, left = [], 0.0
    for status, label in _LABELS.items():
        count = summary.photos_by_status[status]
        width = 1000 * count / max(1, summary.photos)
        if count:
            parts.append(StripPart(_class(status), label, count, round(left, 2), round(width, 2)))
        left += width
    return parts


def lists(report: Report, links: Links) -> list[ListView]:
    """What is in nobody's folder, photos and others, as lists of links with a reason each."""
    unlisted = [f for f in report.failures if f.path.endswith("/")]
    others = [*_photo_lists(report.photos, links), _unlisted(unlisted, links)]
    return [found for found in [*others, _left_out(report.left_out, links)] if found is not None]


def _unlisted(failures: Sequence[Failure], links: Links) -> ListView | None:
    lines = [Line(f.path, links.photo(f.path), f.reason) for f in failures[:LINES_SHOWN]]
    if not lines:
        return None
    text = "Photos in these folders are not part of this report; files of an earlier one stay."
    more = len(failures) - len(lines)
    return ListView("unlisted", "Folders that cannot be listed", text, len(failures), lines, more)


def _left_out(records: Sequence[LeftOut], links: Links) -> ListView | None:
    lines = [
        Line(path, links.photo(path), record.reason) for record in records for path in record.paths
    ][:LINES_SHOWN]
    if not lines:
        return None
    count = sum(record.count for record in records)
    text = " ".join(left_out_sentences(records))
    return ListView("left-out", "Left out", text, count, lines, count - len(lines))


def _photo_lists(photos: Iterable[Photo], links: Links) -> list[ListView]:
    """The photos that are in nobody's folder, and copies."""
    by_status: defaultdict[Status, list[Photo]] = defaultdict(list)
    for photo in photos:
        by_status[photo.status].append(photo)
    found = [
        _list(_class(status), title, text, by_status[status], links)
        for status, title, text in _LISTED
        if by_status[status]
    ]
    copies = [
        replace(photo, reason=f"copy of {photo.copy_of}")
        for status in (Status.GROUPED, Status.UNSURE, Status.POOR)
        for photo in by_status[status]
        if photo.copy_of
    ]
    return found + ([_list("copy", "Copies", _COPIES, copies, links)] if copies else [])


def _list(status: str, title: str, text: str, photos: Sequence[Photo], links: Links) -> ListView:
    return ListView(
        status=status,
        title=title,
        text=text,
        count=len(photos),
        lines=[Line(p.path, links.photo(p.path), p.reason) for p in photos[:LINES_SHOWN]],
        more=max(0, len(photos) - LINES_SHOWN),
    )


def _class(status: Status) -> str:
    return status.replace(" ", "-")
