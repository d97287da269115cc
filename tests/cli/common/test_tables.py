"""Tables on screens of any width."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from facecluster.cli.common.tables import FOLDED, GAP, people_table, print_whole
from facecluster.report.records import Person

BLOCK = "█"


def person(number: int, name: str | None = None, photos: int = 18) -> Person:
    return Person(
        id=number,
        name=name,
        confidence=None,
        folder=None,
        best_face=0,
        photo_count=photos,
        face_count=photos,
        spread=0.002,
        faces=(0,),
    )


def shown(people: Sequence[Person], width: int, terminal: bool = True) -> list[str]:
    """The lines of the table, without spaces at their ends."""
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=terminal, color_system=None, emoji=False
    )
    console.print(people_table(people, console), soft_wrap=True)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("width", [10, 20, 30, 36, 40, 41, 44, 60, 80, 200])
def test_ids_and_numbers_are_never_cut(width: int, terminal: bool) -> None:
    people = [person(1), person(23, photos=7), person(1234, photos=1)]
    lines = shown(people, width, terminal)
    assert lines[0].split() == ["Person", "Photos", "Faces", "Spread"]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["person-001", "18", "18", "0.002"],
        ["person-023", "7", "7", "0.002"],
        ["person-1234", "1", "1", "0.002"],
    ]
    plain = len("person-1234  Photos  Faces  Spread")
    assert max(map(cell_len, lines)) <= max(width, plain)


@pytest.mark.parametrize(
    ("width", "bar"), [(30, 0), (36, 0), (38, 0), (39, 4), (40, 5), (60, 25), (65, 30), (200, 30)]
)
def test_the_bar_gives_way_first(width: int, bar: int) -> None:
    lines = shown([person(1, photos=20), person(2, photos=10)], width)
    assert [line.count(BLOCK) for line in lines] == [0, bar, round(bar / 2)]


@given(
    names=st.lists(
        st.none() | st.text("aé Ψ李😀[]:", min_size=1, max_size=60), min_size=1, max_size=6
    ),
    width=st.integers(10, 120),
)
def test_every_letter_of_a_name_is_there(names: list[str | None], width: int) -> None:
    people = [person(number, name) for number, name in enumerate(names, 1)]
    in_pipe, on_screen = (shown(people, width, terminal) for terminal in (False, True))
    assert len(in_pipe) == 1 + len(names)
    for line, one in zip(in_pipe[1:], people, strict=True):
        assert line.startswith((one.name or f"person-{one.id:03}").rstrip() + " " * GAP)
    letters = "".join(line.split("18")[0] for line in on_screen[1:])
    wanted = "".join(one.name or f"person-{one.id:03}" for one in people)
    assert sorted(letters.replace(" ", "")) == sorted(wanted.replace(" ", ""))
    lines = [line for line in on_screen if "person-" not in line]
    plain = len("person-001  Photos  Faces  Spread")
    assert max(map(cell_len, lines)) <= max(width, plain)


@pytest.mark.parametrize("width", [10, 20, 40, 60, 80])
def test_only_names_go_on_in_the_next_line(width: int) -> None:
    name, number = "[x]folder/" * 4 + "photo.jpg", "541,642,752"
    table = Table(box=None, pad_edge=False)
    table.add_column("Photo", overflow="fold")
    for heading in ("Multiply-adds", "Distance"):
        table.add_column(heading, justify="right")
    table.add_row(escape(name), number, "[green]0.0712 =[/]")
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, soft_wrap=True, emoji=False)
    print_whole(console, table)
    head, first, *more = file.getvalue().splitlines()
    assert head.split() == ["Photo", "Multiply-adds", "Distance"]
    assert first.split()[1:] == [number, "0.0712", "="]
    assert first.split()[0] + "".join(line.strip() for line in more) == name
    assert len(first.split()[0]) >= FOLDED
    assert max(map(len, (head, first, *more))) <= max(width, 12 + 2 + 13 + 2 + 8)
