"""Changes in a people.toml that a user edited: only the tables that changed are touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from facecluster.library.people.records import People
from facecluster.library.people.text.toml_text import (
    OURS,
    enter,
    paths_in,
    person_lines,
    rule_lines,
    text_of,
)

_HEADER: Final = re.compile(
    r"^[ \t]*(\[\[?)[ \t]*([A-Za-z0-9_.\- \t\"']+?)[ \t]*\]\]?[ \t]*(?:#.*)?\r?$", re.M
)
_PERSON: Final = re.compile(r"person[ \t]*\.[ \t]*[\"']?(\d{1,10})[\"']?")
_LAST: Final = re.compile(r"^([ \t]*last[ \t]*=[ \t]*)\d+", re.M)
_TAIL: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z))*\Z")
_ITEM: Final = re.compile(r'[ \t]*("[^"\\]*"|\["[^"\\]*", *"[^"\\]*"\])[ \t]*(,?)[ \t]*(#.*)?\r?\n')
_REMARK: Final = re.compile(r"[ \t]*(#.*)?\r?\n")


@dataclass(frozen=True, slots=True)
class _Block:
    """A table: its header and what follows, without the remarks above the next one."""

    name: str
    start: int
    end: int

    @property
    def person(self) -> int | None:
        found = _PERSON.fullmatch(self.name)
        return None if found is None else int(found[1])


def spliced(text: str, before: People, after: People) -> str | None:
    """The text, which says `before`, with only that changed which `after` says otherwise.

    None where a change has no table of its own here. The caller reads it back: what looks like a
    table can be part of a text of several lines.
    """
    if before.added != after.added:
        return None
    blocks = list(_blocks(text))
    persons = {block.person: block for block in blocks if block.person is not None}
    changes: list[tuple[int, int, str]] = []
    fresh = ""
    for number in sorted({*before.people, *after.people}):
        old, new = before.people.get(number), after.people.get(number)
        if old == new:
            continue
        block = persons.get(number)
        if new is None or old is None:
            if (block is None) != (old is None):
                return None
            if block is not None:
                changes.append((block.start, block.end, ""))
            else:
                alone = replace(People({number: new}, paths=after.paths)) if new else People()
                fresh += "\n" + text_of(alone).split("\n\n", 1)[1]
        elif block is None:
            return None
        else:
            piece = text[block.start : block.end]
            lines = person_lines(new, _with_remarks(after, piece))
            changes.append((block.start, block.end, _entered(piece, lines, OURS)))
    return _put(text, changes, fresh, blocks, before, after)


def _put(
    text: str,
    changes: list[tuple[int, int, str]],
    fresh: str,
    blocks: Sequence[_Block],
    before: People,
    after: People,
) -> str | None:
    names = {block.name: block for block in blocks}
    rules = [(people.different, people.same, people.ignore) for people in (before, after)]
    if rules[0] != rules[1]:
        block = names.get("rules")
        if block is None and any(rules[0]):
            return None
        piece = text[block.start : block.end] if block is not None else "[rules]\n"
        lines = rule_lines(_with_remarks(after, piece))
        made = _entered(piece, lines, tuple(lines))
        if block is None:
            fresh += "\n" + made
        else:
            changes.append((block.start, block.end, made))
    if before.last != after.last:
        head = blocks[0].start if blocks else len(text)
        found = _LAST.search(text, 0, head)
        if found is None:
            changes.append((0, 0, f"last = {after.last}\n"))
        else:
            changes.append((found.start(), found.end(), f"{found[1]}{after.last}"))
    for start, end, piece in sorted(changes, reverse=True):
        text = text[:start] + piece + text[end:]
    return text if not fresh else text.rstrip("\n") + "\n" + fresh


def _blocks(text: str) -> Iterator[_Block]:
    headers = list(_HEADER.finditer(text))
    for at, header in enumerate(headers):
        last = at + 1 == len(headers)
        end = len(text) if last else headers[at + 1].start()
        body = text[header.end() : end]
        tail = _TAIL.search(body)
        if tail is not None:
            kept = tail.start()
            kept += 1 if body[kept : kept + 1] == "\n" else 0
            end = header.end() + kept
        yield _Block(re.sub(r"[ \t]", "", header[2]), header.start(), end)


def _with_remarks(people: People, piece: str) -> People:
    """What stands behind a face stays there."""
    return replace(people, paths={**people.paths, **paths_in(piece)})


def _entered(piece: str, lines: dict[str, str], keys: Sequence[str]) -> str:
    """A table with our keys as they are to be: lists line by line where they are so."""
    import tomlkit

    for key in keys:
        new = lines.get(key, "")
        if new.startswith("[\n"):
            piece = _listed(piece, key, new)
    document = tomlkit.parse(piece)
    table: Any = document
    while len(table) == 1 and isinstance(inner := next(iter(table.values())), dict):
        table = inner
    enter(table, lines, keys)
    made = tomlkit.dumps(document)
    return made if made.endswith("\n") else made + "\n"


def _listed(piece: str, key: str, new: str) -> str:
    """With the list of a key changed item by item; as it is where it has not an item a line."""
    head = re.search(rf"^[ \t]*{key}[ \t]*=[ \t]*\[[ \t]*(#.*)?\r?\n", piece, re.M)
    if head is None:
        return piece
    wanted = {found[1]: found[0] for found in _ITEM.finditer(new, 2)}
    kept, at = "", head.end()
    while (line := _ITEM.match(piece, at) or _REMARK.match(piece, at)) is not None:
        at = line.end()
        if line.re is _REMARK:
            kept += line[0]
        elif wanted.pop(line[1], None) is not None:
            kept += line[0] if line[2] else line[0].replace(line[1], f"{line[1]},", 1)
    if not re.compile(r"[ \t]*\]").match(piece, at):
        return piece
    return piece[: head.end()] + kept + "".join(wanted.values()) + piece[at:]
