"""What can be done with names and corrections: each change makes a new `People` of an old one.

A word takes back its own opposite (to confirm a face that was rejected). Whether all words can hold
together is asked of the result, by contradictions.py; ids are never given twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from facecluster.identity import FaceKey
from facecluster.library.people.records import KnownPerson, Pair, People, name_key
from facecluster.library.people.same_face import in_any, is_same, without
from facecluster.library.people.spoken import spoken


def next_id(people: People, seen: Iterable[int] = ()) -> int:
    """An id that nobody ever had. seen: ids of people whom people.toml need not know."""
    merged = (id for person in people.people.values() for id in person.merged)
    return max(people.last, *people.people, *merged, *seen, 0) + 1


def current(people: People, id: int) -> int:
    """The id of the person whom this one has become by a merge, else the same."""
    if id in people.people:
        return id
    return next((p.id for p in people.people.values() if id in p.merged), id)


def hold(people: People, id: int, cover: FaceKey | None) -> People:
    """The person as one of whom something is said: where no face is confirmed, `cover` will be,
    so that whatever is said has a face to hold on to."""
    person = _person(people, id)
    if not person.confirmed and cover is not None:
        person = replace(person, confirmed=(cover,), cover=cover)
    elif person.cover is None and person.confirmed:
        person = replace(person, cover=person.confirmed[0])
    return _with(people, person)


def rename(people: People, id: int, name: str | None) -> People:
    """Give the person a name, or take it away (None). A name that gives way stays one by which
    files may call the person."""
    person = _person(people, id)
    before = () if name is None or person.name is None else (person.name,)
    names = dict.fromkeys((*person.aka, *before))
    aka = tuple(n for n in names if name is None or name_key(n) != name_key(name))
    return _with(people, replace(person, name=name, aka=aka))


def merge(people: People, into: int, others: Sequence[int]) -> People:
    """The others become the person `into`, whose name stays; theirs are kept as other names."""
    into = current(people, into)
    for other in others:
        id = current(people, other)
        if id == into:
            continue
        person = _united(_person(people, into), _person(people, id))
        rest = {key: known for key, known in people.people.items() if key != id}
        added = {key: into if of == id else of for key, of in people.added.items()}
        last = max(people.last, id)
        people = _with(replace(people, people=rest, added=added, last=last), person)
    return people


def split(people: People, id: int, faces: Sequence[FaceKey], new: int) -> People:
    """These faces are somebody else: the person with the id `new`, that nobody ever had."""
    people = reject(people, id, faces)
    return confirm(people, new, faces)


def confirm(people: People, id: int, faces: Sequence[FaceKey]) -> People:
    """These faces are this person."""
    person = _person(people, id)
    fresh = without(faces, person.confirmed)
    confirmed = (*person.confirmed, *fresh)
    cover = person.cover or (confirmed[0] if confirmed else None)
    rejected = without(person.rejected, faces)
    person = replace(person, confirmed=confirmed, rejected=rejected, cover=cover)
    return _with(people, person)


def reject(people: People, id: int, faces: Sequence[FaceKey]) -> People:
    """These faces are not this person, whoever else."""
    person = _person(people, id)
    confirmed = without(person.confirmed, faces)
    cover = person.cover
    if cover is not None and in_any(cover, faces):
        cover = confirmed[0] if confirmed else None
    rejected = (*person.rejected, *without(faces, person.rejected))
    person = replace(person, confirmed=confirmed, rejected=rejected, cover=cover)
    added = {
        key: of for key, of in people.added.items() if of != person.id or not in_any(key, faces)
    }
    return _with(replace(people, added=added), person)


def hide(people: People, id: int, hidden: bool) -> People:
    """The person gets no folder and stands in no list, or does so again."""
    return _with(people, replace(_person(people, id), hidden=hidden))


def ignore(people: People, faces: Sequence[FaceKey]) -> People:
    """These faces are left out of everything."""
    return replace(people, ignore=(*people.ignore, *without(faces, people.ignore)))


def unignore(people: People, faces: Sequence[FaceKey]) -> People:
    """The reverse of `ignore`."""
    return replace(people, ignore=without(people.ignore, faces))


def say_same(people: People, pair: Pair) -> People:
    """These two faces are one person, whoever that is."""
    different = _without_pair(people.different, pair)
    same = people.same if has_pair(people.same, pair) else (*people.same, pair)
    return replace(people, same=same, different=different)


def say_different(people: People, pair: Pair) -> People:
    """These two faces are two people, whoever they are."""
    same = _without_pair(people.same, pair)
    has = has_pair(people.different, pair)
    different = people.different if has else (*people.different, pair)
    return replace(people, same=same, different=different)


def add(people: People, id: int, face: FaceKey) -> People:
    """A face that was drawn by hand, of this person; one that was drawn there before goes."""
    id = current(people, id)
    if people.added.get(face) == id and face in _person(people, id).confirmed:
        return people
    old = [key for key, of in people.added.items() if of == id and is_same(key, face)]
    person = _person(people, id)
    confirmed = tuple(key for key in person.confirmed if key not in old)
    cover = None if person.cover in old else person.cover
    people = _with(people, replace(person, confirmed=confirmed, cover=cover))
    kept = {key: of for key, of in people.added.items() if key not in old}
    return replace(confirm(people, id, [face]), added={**kept, face: id})


def place(people: People, paths: Mapping[FaceKey, str]) -> People:
    """With the paths of all faces that something is said of, and of no others."""
    known = {**people.paths, **paths}
    used = dict(spoken(people))
    return replace(people, paths={key: known[key] for key in used if key in known})


def _person(people: People, id: int) -> KnownPerson:
    id = current(people, id)
    return people.people.get(id) or KnownPerson(id)


def _with(people: People, person: KnownPerson) -> People:
    known = {**people.people, person.id: person}
    return replace(
        people,
        people={id: known[id] for id in sorted(known)},
        last=max(people.last, person.id),
    )


def _united(one: KnownPerson, other: KnownPerson) -> KnownPerson:
    """Two as the first, with all that is known of both."""
    name = one.name or other.name
    names = [*one.aka, *([other.name] if other.name is not None else []), *other.aka]
    merged = dict.fromkeys((*one.merged, other.id, *other.merged))
    return replace(
        one,
        name=name,
        aka=_different_names(names, name),
        cover=one.cover or other.cover,
        confirmed=(*one.confirmed, *without(other.confirmed, one.confirmed)),
        rejected=(*one.rejected, *without(other.rejected, one.rejected)),
        merged=tuple(id for id in merged if id != one.id),
    )


def _different_names(names: Sequence[str], but: str | None) -> tuple[str, ...]:
    """Each name once, whatever its case, and none that is `but`."""
    by_key = {name_key(name): name for name in reversed(names)}
    by_key.pop(name_key(but or ""), None)
    return tuple(name for name in dict.fromkeys(names) if name in by_key.values())


def has_pair(pairs: Sequence[Pair], pair: Pair) -> bool:
    """Whether one of the pairs is this one, either way round."""
    return any(_same_pair(one, pair) for one in pairs)


def _without_pair(pairs: Sequence[Pair], pair: Pair) -> tuple[Pair, ...]:
    return tuple(one for one in pairs if not _same_pair(one, pair))


def _same_pair(one: Pair, other: Pair) -> bool:
    return any(
        is_same(one[0], first) and is_same(one[1], second) for first, second in (other, other[::-1])
    )
