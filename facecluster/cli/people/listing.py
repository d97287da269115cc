"""Everybody, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from facecluster.cli.common.tables import GAP, print_whole
from facecluster.cli.common.terminal import clean
from facecluster.cli.people.find.everybody import Somebody, everybody
from facecluster.cli.people.find.results import Results

FORMAT, VERSION = "facecluster-people", 1
NUMBERS: Final = ("Photos", "Faces", "Confirmed", "Waiting")


def listed(results: Results, hidden: bool) -> list[Somebody]:
    """Whom a list shows, those in most photos first."""
    return [s for s in everybody(results).values() if hidden or not s.hidden]


def people_document(results: Results, hidden: bool) -> dict[str, Any]:
    """As JSON has it; docs/formats.md describes it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "folder": str(results.out),
        "people": [_record(somebody) for somebody in listed(results, hidden)],
    }


def _record(somebody: Somebody) -> dict[str, Any]:
    return {
        "id": somebody.id,
        "name": somebody.name,
        "aka": somebody.aka,
        "photos": somebody.photos,
        "faces": len(somebody.faces),
        "confirmed": somebody.confirmed,
        "rejected": somebody.rejected,
        "waiting": somebody.waiting,
        "hidden": somebody.hidden,
        "folder": somebody.folder,
    }


def show_list(results: Results, hidden: bool) -> None:
    """The table, and a sentence on those who are not in it."""
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    shown = listed(results, hidden)
    if shown:
        print_whole(console, _table(shown))
    for sentence in _sentences(shown, len(everybody(results)) - len(shown), results):
        console.print(escape(clean(sentence)))


def _table(people: Sequence[Somebody]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    table.add_column("Id", justify="right")
    table.add_column("Name", overflow="fold")
    for heading in NUMBERS:
        table.add_column(heading, justify="right")
    for s in people:
        name = clean(s.name or "") + (" (hidden)" if s.hidden else "")
        numbers = (s.photos, len(s.faces), s.confirmed, s.waiting)
        table.add_row(str(s.id), escape(name.strip()), *map(str, numbers))
    return table


def _sentences(shown: Sequence[Somebody], left_out: int, results: Results) -> list[str]:
    named = sum(somebody.name is not None for somebody in shown)
    people = "1 person" if len(shown) == 1 else f"{len(shown)} people"
    found = [f"{people}, {named or 'none'} with a name." if shown else "There is nobody yet."]
    if left_out:
        found.append(f"{left_out} hidden: {results.command('list', '--hidden')} lists them, too.")
    if waiting := sum(somebody.waiting for somebody in shown):
        faces = (
            "1 face waits: its photo is" if waiting == 1 else f"{waiting} faces wait: photos are"
        )
        found.append(f"{faces} not there, or not read since the face was added.")
    return found
