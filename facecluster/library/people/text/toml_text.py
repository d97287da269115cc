"""people.toml as text: how names and corrections are spelled, anew only where they changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from facecluster.identity import FaceKey
from facecluster.library.people.records import KnownPerson, People

HEAD: Final = (
    "# Names and corrections. facecluster obeys and keeps this file; you may edit it, too.\n"
    "# A face is the hash of its picture and its box there; behind it stands where the photo was.\n"
)
_ODD: Final = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]")
_KEY: Final = re.compile(r'"([0-9a-f]{32}@[^"\s]+)"')
BETWEEN: Final = " | "


@lru_cache(maxsize=1 << 17)
def face_of(text: str) -> FaceKey:
    """`FaceKey.parse`, of a text that stands in a file more than once, once."""
    return FaceKey.parse(text)


@lru_cache(maxsize=1 << 17)
def _spelled(key: FaceKey) -> str:
    return str(key)


def text_of(people: People) -> str:
    """The whole file."""
    parts = [HEAD, f"version = 1\nlast = {people.last}\n"]
    for number in sorted(people.people):
        parts.append(f"\n[person.{number:03d}]\n")
        for key, lines in person_lines(people.people[number], people).items():
            parts.append(f"{key} = {lines}\n")
    rules = {k: v for k, v in rule_lines(people).items() if v != "[]"}
    if rules:
        parts.append("\n[rules]\n")
        parts += [f"{key} = {lines}\n" for key, lines in rules.items()]
    return "".join(parts) + _added(people)


def _added(people: People) -> str:
    """The faces that were drawn by hand, a table each."""
    return "".join(
        f'\n[[added]]\nface = "{face}"{_comment([face], people)}\nperson = "{owner:03d}"\n'
        for face, owner in people.added.items()
    )


def person_lines(person: KnownPerson, people: People) -> dict[str, str]:
    """Keys of a person's table with their values as TOML, those that say nothing left out."""
    lines = {
        "name": None if person.name is None else quoted(person.name),
        "aka": _short(map(quoted, person.aka)),
        "cover": None
        if person.cover is None
        else f'"{person.cover}"{_comment([person.cover], people)}',
        "is": _faces(person.confirmed, people),
        "is-not": _faces(person.rejected, people),
        "merged": _short(f'"{number:03d}"' for number in person.merged),
        "hidden": "true" if person.hidden else None,
    }
    return {key: value for key, value in lines.items() if value not in (None, "[]")}


def rule_lines(people: People) -> dict[str, str]:
    """Keys of the table of rules with their values as TOML."""
    return {
        "different": _pairs(people.different, people),
        "same": _pairs(people.same, people),
        "ignore": _faces(people.ignore, people),
    }


def quoted(text: str) -> str:
    """A TOML string."""
    return json.dumps(_ODD.sub("\N{REPLACEMENT CHARACTER}", text), ensure_ascii=False)


def paths_in(text: str) -> dict[FaceKey, str]:
    """Where the photo of each face was, from the comments behind them."""
    found: dict[FaceKey, str] = {}
    for line in text.splitlines():
        said, _, comment = line.partition("#")
        keys, comment = _KEY.findall(said), comment.strip()
        paths = [*map(str.strip, comment.split(BETWEEN.strip()))] if len(keys) > 1 else [comment]
        for key, path in zip(keys, paths, strict=False):
            if not path:
                continue
            try:
                found[face_of(key)] = path
            except ValueError:
                continue
    return found


def _short(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _faces(keys: Sequence[FaceKey], people: People) -> str:
    return _long([(f'"{_spelled(key)}"', _comment([key], people)) for key in keys])


def _pairs(pairs: Sequence[tuple[FaceKey, FaceKey]], people: People) -> str:
    return _long(
        [(f'["{_spelled(a)}", "{_spelled(b)}"]', _comment([a, b], people)) for a, b in pairs]
    )


def _long(items: Sequence[tuple[str, str]]) -> str:
    """An array with a line for each item, its comment behind it."""
    if not items:
        return "[]"
    return "[\n" + "".join(f"  {item},{comment}\n" for item, comment in items) + "]"


def _comment(keys: Sequence[FaceKey], people: People) -> str:
    """Where the photos were, where somebody knows it."""
    paths = [people.paths.get(key, "") for key in keys]
    if not any(paths):
        return ""
    return "  # " + _ODD.sub("\N{REPLACEMENT CHARACTER}", BETWEEN.join(paths)).strip()


def edited(text: str, people: People) -> str:
    """The text that a user edited, with only that changed which `people` says otherwise.

    Comments, order, and keys that this program does not know stay.
    """
    import tomlkit

    document = tomlkit.parse(text)
    document["last"] = people.last
    persons = document.setdefault("person", tomlkit.table(is_super_table=True))
    by_number = {int(key): key for key in persons}
    for number, key in by_number.items():
        if number not in people.people:
            del persons[key]
    for number, person in people.people.items():
        if number not in by_number:
            persons[f"{number:03d}"] = tomlkit.table()
        enter(persons[by_number.get(number, f"{number:03d}")], person_lines(person, people), OURS)
    rules = rule_lines(people)
    if "rules" in document or any(value != "[]" for value in rules.values()):
        enter(document.setdefault("rules", tomlkit.table()), rules, tuple(rules))
    if people.added or "added" in document:
        document.pop("added", None)
        if people.added:
            document["added"] = tomlkit.parse(_added(people))["added"]
    return tomlkit.dumps(document)


OURS: Final = ("name", "aka", "cover", "is", "is-not", "merged", "hidden")


def enter(table: Any, lines: dict[str, str], keys: Sequence[str]) -> None:
    """Change those of our keys in a table that are otherwise."""
    import tomlkit

    for key in keys:
        value = lines.get(key)
        if value is None:
            if key == "hidden" and key in table:
                table[key] = tomlkit.item(False)  # so that its remark stays
            elif key in table and table[key] not in (False, []):
                if len(table) == 1 and "hidden" in keys:
                    table["hidden"] = False  # a person of whom nothing else is said
                del table[key]
            continue
        new = tomlkit.parse(f"x = {value}\n")["x"]
        if key not in table or table[key] != new:
            table[key] = new
