"""What became of the photos: the bar over all of them, and the lists of those without people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from facecluster.output.page.text import Links
from facecluster.records import Status
from facecluster.report.records import Photo, Summary

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
    """The photos of one status. count: all of them; more: those that are not shown."""

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


def lists(photos: Iterable[Photo], links: Links) -> list[ListView]:
    """The photos that are in nobody's folder, and copies, as lists of links with a reason each."""
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
