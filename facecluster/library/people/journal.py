"""What was changed in people.toml, one line a change, so that all of it can be taken back.

A change is entered before people.toml is written. So a line whose change people.toml does not show
is one that a kill came between, and counts as never made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from facecluster.base.atomic import flush, output_errors, replacing
from facecluster.errors import FaceclusterError
from facecluster.library.people.document import load, parsed, save
from facecluster.library.people.records import People
from facecluster.library.people.spoken import paths_of
from facecluster.library.people.text.toml_text import text_of

FILE: Final = ".facecluster/people-changes.jsonl"
BACK: Final = "back"  # in a line that takes others back: how many
RULES: Final = ("different", "same", "ignore", "added", "last")


class UndoError(FaceclusterError):
    """A change cannot be taken back."""


def record(out: Path, before: People, after: People, command: str) -> None:
    """Enter a change that is about to be written. command: in the user's words.

    Raises OutputError.
    """
    parts = _changed(before, after)
    if not parts:
        return
    changes = _read(out)
    if changes and BACK in changes[-1]:
        _keep(out, _settled(changes, before))
    _enter(out, {"command": command, "parts": parts})


def _enter(out: Path, change: Mapping[str, Any]) -> None:
    path = out / FILE
    with output_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with open(descriptor, "ab") as file:
            # A line that a kill cut short ends here.
            file.write(f"\n{json.dumps(change)}\n".encode())
            file.flush()
            flush(file.fileno())


def undo(out: Path, count: int = 1) -> list[str]:
    """Take the newest `count` changes back; gives the commands that made them, the newest first.

    Raises UndoError where there is none, or where somebody edited people.toml there since.
    """
    before = load(out)
    after, told, gone = undone(out, before, count)
    changes = _settled(_read(out), before)
    # Until the lines are gone this one says that they count no more, if a kill comes between.
    _enter(out, {"command": "undo", BACK: gone, "parts": _changed(before, after)})
    save(out, after)
    _keep(out, changes[: len(changes) - gone])
    return told


def undone(out: Path, people: People, count: int = 1) -> tuple[People, list[str], int]:
    """People as before the newest `count` changes, the commands that made these, and how many lines
    of the journal they are.

    Raises UndoError where there is no such change, or where somebody edited what one changed.
    """
    told: list[str] = []
    gone = 0
    for change in reversed(_settled(_read(out), people)):
        if len(told) == count:
            break
        gone += 1
        parts: Mapping[str, Any] = change["parts"]
        now = {name: _part(people, name) for name in parts}
        if now == {name: before for name, (before, _) in parts.items()}:
            continue  # taken back already, or never made
        if now != {name: after for name, (_, after) in parts.items()}:
            raise UndoError(
                f"{out / 'people.toml'} was edited since '{change['command']}', so that cannot be "
                "taken back; edit the file instead"
            )
        people = _with(people, {name: before for name, (before, _) in parts.items()})
        told.append(str(change["command"]))
    if not told:
        raise UndoError("there is nothing to take back")
    return people, told, gone


def _settled(changes: list[dict[str, Any]], people: People) -> list[dict[str, Any]]:
    """Without the line of a taking back that a kill came into, and without the lines that it took
    back if people.toml shows that."""
    if not changes or BACK not in changes[-1]:
        return changes
    *rest, back = changes
    made = all(_part(people, name) == after for name, (_, after) in back["parts"].items())
    return rest[: len(rest) - int(back[BACK])] if made else rest


def _keep(out: Path, changes: list[dict[str, Any]]) -> None:
    """Have these changes only on the list."""
    path = out / FILE
    with output_errors(path), replacing(path, sync=True) as partial:
        partial.touch(mode=0o600)
        partial.write_text("".join(f"{json.dumps(change)}\n" for change in changes))


def _changed(before: People, after: People) -> dict[str, tuple[Any, Any]]:
    """Each person and kind of rule that differs: as it was, and as it is."""
    names = [f"person.{n}" for n in sorted({*before.people, *after.people})] + list(RULES)
    parts = {name: (_part(before, name), _part(after, name)) for name in names}
    return {name: (old, new) for name, (old, new) in parts.items() if old != new}


def _part(people: People, name: str) -> Any:
    """A person as the text of people.toml has it, or rules, as JSON gives them back."""
    kind, _, number = name.partition(".")
    if kind == "person":
        person = people.people.get(int(number))
        if person is None:
            return None
        alone = People(people={person.id: person}, last=person.id, paths=people.paths)
        return text_of(replace(alone, paths=paths_of(alone, alone.paths)))
    if kind == "last":
        return None  # numbers are never given again, whatever is taken back
    rules = People(**{kind: getattr(people, kind)}, paths=people.paths)
    return text_of(replace(rules, paths=paths_of(rules, rules.paths)))


def _with(people: People, parts: Mapping[str, Any]) -> People:
    everybody, paths = dict(people.people), dict(people.paths)
    changed: dict[str, Any] = {}
    for name, text in parts.items():
        kind, _, number = name.partition(".")
        found = parsed(text) if text is not None else People()
        paths |= found.paths
        if kind == "person":
            everybody.pop(int(number), None)
            everybody |= found.people
        elif kind != "last":
            changed[kind] = getattr(found, kind)
    made = replace(people, people=everybody, paths=paths, **changed)
    return replace(made, paths=paths_of(made, made.paths))


def _read(out: Path) -> list[dict[str, Any]]:
    """All changes, the oldest first, without lines that were cut short."""
    try:
        lines = (out / FILE).read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            change = json.loads(line)
        except ValueError:
            continue
        if isinstance(change, dict) and isinstance(change.get("parts"), dict):
            found.append(change)
    return found
