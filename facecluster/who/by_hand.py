"""What folders say that a user renamed: names; and that outlive the index: numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from facecluster.errors import ReportError
from facecluster.identity import FaceKey
from facecluster.library.people.changes import current, hold, place, rename
from facecluster.library.people.contradictions import ContradictionError, check
from facecluster.library.people.memory import Memory
from facecluster.library.people.records import People, name_key
from facecluster.library.people.same_face import in_any
from facecluster.output.folders.by_hand.renamed import Renamed, renamed_folders
from facecluster.output.folders.manifest import load
from facecluster.report.document import read_report

_NUMBERED = re.compile(r"person-0*([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Cover:
    """The face that an entry of a person holds on to. path: of its photo, where that is known."""

    key: FaceKey
    path: str | None


def names_of_folders(people: People, out: Path, root: Path) -> tuple[People, tuple[str, ...]]:
    """With the names that the user gave by renaming folders, and a sentence for each."""
    found = [one for one in renamed_folders(out, root) if one.person is not None]
    if not found:
        return people, ()
    paths = _paths(out)
    wanted, notes = _wanted(people, found)
    manifest = load(out)
    for one, name in wanted:
        id = current(people, one.person or 0)
        keys = manifest.people[one.folder].keys
        after = _named(people, id, name, _cover(people, id, keys, paths))
        if after is None:
            notes.append(
                f"people/{one.name} keeps no name: what is said of its faces speaks against it."
            )
        elif after != people:
            people = after
            old = one.folder.rpartition("/")[2]
            called = name or f"person-{id:03d}"
            notes.append(f"{old} is {called} now, as you renamed the folder.")
    return people, tuple(notes)


def memory_of_folders(out: Path, last: int) -> Memory | None:
    """Who was who, as far as the list of folders knows; None where it knows nobody.

    last: the highest number that people.toml knows of.
    """
    faces: dict[int, set[FaceKey]] = {}
    for whose in load(out).people.values():
        if whose.id is not None:
            faces.setdefault(whose.id, set()).update(whose.keys)
    if not faces:
        return None
    return Memory.of_keys({id: sorted(keys) for id, keys in faces.items()}, max(last, *faces))


def _wanted(
    people: People, found: Iterable[Renamed]
) -> tuple[list[tuple[Renamed, str | None]], list[str]]:
    """What is to be called how, without what cannot be; and why not, in sentences."""
    wanted: dict[int, tuple[Renamed, str | None]] = {}
    notes = []
    for one in found:
        id = current(people, one.person or 0)
        name = unicodedata.normalize("NFC", " ".join(one.name.split()))
        number = _NUMBERED.fullmatch(name)
        if number is not None and int(number[1]) == id:
            wanted[id] = one, None
        elif number is not None or not name.isprintable():
            notes.append(f"people/{one.name} is no name, so {one.folder} is called as before.")
        elif not _is_called(people, id, name):
            wanted[id] = one, name
    while (doubled := _doubled(people, wanted)) is not None:
        one, double = wanted.pop(doubled)
        notes.append(
            f"{one.folder} was not renamed to {double}, because somebody else is called so: "
            "`facecluster people PHOTOS merge` makes them one."
        )
    return list(wanted.values()), notes


def _is_called(people: People, id: int, name: str) -> bool:
    """Whether the folder is called so already, with the number that tells two of a name apart."""
    known = people.people.get(id)
    return (
        known is not None
        and known.name is not None
        and name
        in (
            known.name,
            f"{known.name} ({id})",
        )
    )


def _doubled(people: People, wanted: Mapping[int, tuple[Renamed, str | None]]) -> int | None:
    """Somebody whose new name is another one's."""
    taken = {
        name_key(name): id
        for id, known in people.people.items()
        for name in (known.name if id not in wanted else None, *known.aka)
        if name is not None
    }
    for id, (_, name) in wanted.items():
        if name is not None and taken.setdefault(name_key(name), id) != id:
            return id
    return None


def _named(people: People, id: int, name: str | None, cover: _Cover | None) -> People | None:
    """None where the person has no face to hold on to, or rules speak against that one."""
    if id in people.people and people.people[id].confirmed:
        return rename(people, id, name)
    if cover is None:
        return None
    paths = {} if cover.path is None else {cover.key: cover.path}
    after = place(rename(hold(people, id, cover.key), id, name), paths)
    try:
        check(after)
    except ContradictionError:
        return None
    return after


def _cover(
    people: People, id: int, keys: Iterable[FaceKey], paths: Mapping[FaceKey, str]
) -> _Cover | None:
    """The most typical face, as far as the newest report knows, of which nothing is said."""
    known = people.people.get(id)
    elsewhere = [*people.ignore, *(known.rejected if known is not None else ())]
    for other in people.people.values():
        elsewhere += other.confirmed
    order = {key: at for at, key in enumerate(paths)}
    for key in sorted(keys, key=lambda key: order.get(key, len(order))):
        if not in_any(key, elsewhere):
            return _Cover(key, paths.get(key))
    return None


def _paths(out: Path) -> dict[FaceKey, str]:
    """By face of the newest report, where its photo was; people's most typical faces first."""
    try:
        report = read_report(out / "report.json")
        faces = [report.faces[row] for person in report.people for row in person.faces]
        return {FaceKey.parse(face.key): face.photo for face in faces}
    except (ReportError, ValueError):
        return {}
