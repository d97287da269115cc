"""What the page shows, prepared from the report so that the templates only lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from facecluster.output.page.changed import ChangedView, changed_view
from facecluster.output.page.chart import ChartView, chart_view
from facecluster.output.page.fates import ListView, StripPart, lists, strip
from facecluster.output.page.look import LookView, look_view
from facecluster.output.page.text import Links, plural, show
from facecluster.output.page.tiles import Tile, Tiles
from facecluster.output.page.unsure import UnsureView, unsure_view
from facecluster.report.records import Model, Person, Report, Summary

FACES_SHOWN = 6000  # tiles on the page, shared fairly among the people
PEOPLE_SHOWN = 1000
NOTHING = "\N{EN DASH}"
Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PersonView:
    """One person. picture: the address of the best face, None without one. photos, faces: how
    many, in words. spread_width: in % of the distance at which people are told apart. folder:
    its path and its address, None where there is none. more: faces that are not shown."""

    id: int
    label: str
    picture: str | None
    photos: str
    faces: str
    spread: str
    spread_width: int
    folder: str | None
    folder_href: str | None
    tiles: list[Tile]
    more: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PageView:
    """Everything that report.html.j2 and its parts show.

    people_more: people that are not shown. doubts: faces with a question mark among those of
    `people`. settings, versions, seconds: names and values, as text.
    """

    title: str
    root: str
    started: str
    summary: Summary
    strip: list[StripPart]
    people: list[PersonView]
    people_more: int
    doubts: int
    changed: ChangedView | None
    look: LookView
    unsure: UnsureView
    unsure_folder: bool
    lists: list[ListView]
    chart: ChartView | None
    notes: tuple[str, ...]
    model: Model
    settings: Rows
    versions: Rows
    seconds: Rows


def page_view(report: Report, out: Path) -> PageView:
    """What the page for `report` shows when it lies in `out`."""
    links = Links(out, Path(report.root))
    tiles = Tiles(report, links)
    shown = report.people[:PEOPLE_SHOWN]
    room = _room([person.face_count for person in shown])
    people = [_person(person, tiles, room, report.run.distance) for person in shown]
    return PageView(
        title=show(Path(report.root).name or report.root),
        root=report.root,
        started=report.run.started.replace("T", " ")[:16],
        summary=report.summary,
        strip=strip(report.summary),
        people=people,
        people_more=len(report.people) - len(people),
        doubts=sum(face.doubted for person in people for face in person.tiles),
        changed=changed_view(report, tiles, frozenset(person.id for person in people)),
        look=look_view(report, tiles, len(people)),
        unsure=unsure_view(report, tiles),
        unsure_folder=report.run.unsure_folder,
        lists=lists(report, links),
        chart=chart_view(report, tiles.labels),
        notes=report.notes,
        model=report.run.model,
        settings=_flat(report.run.settings),
        versions=_flat(report.run.versions),
        seconds=[(stage, f"{s:.1f} s") for stage, s in report.run.seconds.items()],
    )


def _room(sizes: Sequence[int]) -> int:
    """How many faces of each person fit on the page: the large ones give way first."""
    rooms = (room for room in (1000, 480, 240, 120, 60, 30) if _tiles(sizes, room) <= FACES_SHOWN)
    return next(rooms, 12)


def _tiles(sizes: Sequence[int], room: int) -> int:
    return sum(min(size, room) for size in sizes)


def _person(person: Person, tiles: Tiles, room: int, threshold: float) -> PersonView:
    spread = person.spread
    return PersonView(
        id=person.id,
        label=tiles.labels[person.id],
        picture=tiles.picture(person.best_face),
        photos=plural(person.photo_count, "photo"),
        faces=plural(person.face_count, "face"),
        spread=NOTHING if spread is None else f"{spread:.3f}",
        spread_width=round(100 * min(1.0, spread / threshold)) if spread and threshold else 0,
        folder=person.folder,
        folder_href=tiles.links.own(person.folder + "/") if person.folder else None,
        tiles=[tiles.tile(face) for face in person.faces[:room]],
        more=max(0, person.face_count - room),
    )


def _flat(values: Mapping[str, object], before: str = "") -> Rows:
    """Nested settings as (dotted name, text) in their own order."""
    rows: Rows = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{before}{key}.")
        else:
            rows.append((before + str(key), _text(value)))
    return rows


def _text(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value)) or NOTHING
    return str(value)
