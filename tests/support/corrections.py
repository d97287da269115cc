"""A program that makes changes of names and corrections, to be killed. Arguments: the output
folder, a file that gets a byte for each change that was made."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from facecluster.identity import FaceKey
from facecluster.library.people.document import load, save
from facecluster.library.people.journal import record, undo
from facecluster.library.people.records import KnownPerson, People

MINE = "# my own words\n"
ZOE, ANN = KnownPerson(1, "Zoë"), KnownPerson(2, "Ann")


def _face(number: int) -> FaceKey:
    return FaceKey.of(f"{number:032x}", (0.1, 0.2, 0.25, 0.3))


def steps() -> Iterator[People | int]:
    """Each state that a change leads to, or how many changes are taken back."""
    one = People({1: ZOE}, last=1)
    yield one
    two = replace(one, people={1: replace(ZOE, confirmed=(_face(1), _face(2))), 2: ANN}, last=2)
    yield two
    yield 1
    yield two
    said = replace(two, ignore=(_face(7),), different=((_face(1), _face(5)),))
    yield said
    merged = replace(two.people[1], aka=("Ann",), merged=(2,), rejected=(_face(3),))
    yield replace(said, people={1: merged})
    yield 3
    yield replace(two, people={1: replace(two.people[1], hidden=True)})


def stacks() -> list[list[People]]:
    """All states that can be taken back, the newest last: before each change and after all."""
    found = [[People()]]
    for step in steps():
        now = found[-1]
        found.append(now[:-step] if isinstance(step, int) else [*now, step])
    return found


def main(out: Path, done: Path) -> None:
    made = os.open(done, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, step in enumerate(steps()):
        if isinstance(step, int):
            undo(out, step)
        else:
            record(out, load(out), step, f"change {number}")
            save(out, step)
        os.write(made, b".")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
