"""Tables on screens of any width: nothing in them is cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from facecluster.cli.common.terminal import clean
from facecluster.report.records import Person

HEADINGS: Final = ("Person", "Photos", "Faces", "Spread")
LONGEST_BAR: Final = 30  # characters
SHORTEST_BAR: Final = 4  # a shorter one says nothing
GAP: Final = 2  # between columns
FOLDED: Final = 12  # characters; a narrower column of names cannot be read


def people_table(people: Sequence[Person], console: Console) -> Table:
    """As wide as the screen: the bar gives way first, then a long name goes on in a second line.

    An id, which names a folder, is never cut, nor is anything in a pipe: where not even ids and
    numbers have room, the console is made wider than its screen, whose lines then go on below.
    """
    rows = [_row(person) for person in people]
    longest = [max(map(cell_len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    room = console.width - sum(longest[1:]) - GAP * len(longest[1:])
    widest_id = max(cell_len(_id(person)) for person in people)
    name = min(longest[0], max(room, widest_id)) if console.is_terminal else longest[0]
    bar = min(LONGEST_BAR, room - name - GAP)
    console.width += max(0, name - room)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    table.add_column(HEADINGS[0], width=name, overflow="fold")
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    if bar >= SHORTEST_BAR:
        table.add_column("")
    block = "#" if console.options.ascii_only else "█"
    most = max(person.photo_count for person in people)
    for person, row in zip(people, rows, strict=False):
        length = max(1, round(bar * person.photo_count / most))
        table.add_row(*map(escape, row), *([block * length] if bar >= SHORTEST_BAR else []))
    return table


def _id(person: Person) -> str:
    return f"person-{person.id:03}"


def _row(person: Person) -> tuple[str, str, str, str]:
    """What stands under HEADINGS."""
    spread = "" if person.spread is None else f"{person.spread:.3f}"
    name = clean(person.name or _id(person))
    return name, str(person.photo_count), str(person.face_count), spread


def print_whole(console: Console, table: Table) -> None:
    """Print a table of markup whose columns with overflow `fold` go on in the next line.

    The other columns keep every letter: where they have no room, the lines of the table are longer
    than those of the screen, which then go on below.
    """
    wanted = 0
    for column in table.columns:
        cells = (
            Text.from_markup(str(cell), emoji=False).cell_len
            for cell in (column.header, *column.cells)
        )
        column.no_wrap = column.overflow != "fold"
        wanted += max(cells) if column.no_wrap else min(max(cells), FOLDED)
    console.width = max(console.width, wanted + GAP * (len(table.columns) - 1))
    console.print(table)
