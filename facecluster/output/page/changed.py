"""The page's section of what is otherwise than in the run before."""

from __future__ import annotations

from dataclasses import dataclass

from facecluster.output.page.tiles import Tile, Tiles
from facecluster.report.changed import changes_told, labels
from facecluster.report.records import Report

MOVED_SHOWN = 60
WAITING_SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MoveView:
    """A face that is of somebody else than before. before, now: what to call them."""

    tile: Tile
    before: str
    now: str
    href: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WaitView:
    """A face that somebody spoke of and that is not there: the rule, and where its photo was."""

    what: str
    path: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChangedView:
    """told: it all in a sentence or two. moved_more, waiting_more: what is not shown."""

    told: str
    moved: list[MoveView]
    moved_more: int
    waiting: list[WaitView]
    waiting_more: int


def changed_view(report: Report, tiles: Tiles, linked: frozenset[int]) -> ChangedView | None:
    """None where nothing is otherwise. linked: people who have a section on the page."""
    changes = report.changes
    if changes is None:
        return None
    called = labels(report)

    def name(person: int | None) -> str:
        return "nobody" if person is None else called.get(person, f"person-{person:03d}")

    moved = [
        MoveView(
            tile=tiles.tile(move.face),
            before=name(move.before),
            now=name(move.now),
            href=f"#person-{move.now}" if move.now in linked else None,
        )
        for move in changes.moved[:MOVED_SHOWN]
    ]
    waiting = [WaitView(w.what, w.path or "a photo") for w in changes.waiting[:WAITING_SHOWN]]
    return ChangedView(
        told=changes_told(report),
        moved=moved,
        moved_more=max(0, len(changes.moved) - MOVED_SHOWN),
        waiting=waiting,
        waiting_more=max(0, len(changes.waiting) - WAITING_SHOWN),
    )
