"""Changes of whole people: names, merges, who is hidden, who is one and who is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.everybody import Somebody, plain_label
from facecluster.cli.people.find.who import number_of
from facecluster.errors import FaceclusterError, SettingsError
from facecluster.library.people import changes


def named(desk: Desk, text: str, name: str) -> Outcome:
    """Give a person a name; an empty one takes it away."""
    somebody, name = desk.who.find(text), checked_name(name)
    if not name:
        people = changes.rename(desk.people, somebody.id, None) if somebody.known else desk.people
        return Outcome(people, f"{somebody.label} has no name now: {plain_label(somebody.id)}.")
    others = [other for other in desk.who.called(name) if other.id != somebody.id]
    if others:
        other = others[0]
        raise FaceclusterError(
            f"{name!r} is the name of person {other.id} already; if both are one, "
            f"{desk.results.command('merge', other.id, somebody.id)}"
        )
    held = desk.hold(desk.people, somebody)
    return Outcome(
        changes.rename(held, somebody.id, name),
        f"{somebody.label} is called {name} from now on.",
    )


def checked_name(name: str) -> str:
    """The name without spaces around it. Raises SettingsError for one that cannot be a name."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not all(letter.isprintable() for letter in name):
        raise SettingsError(f"{name!a} has letters that no one can see; give another name")
    if number_of(name) is not None:
        raise SettingsError(
            f"{name!r} is how people without a name are called; give a name with letters"
        )
    return name


def merged(desk: Desk, text: str, others: Sequence[str]) -> Outcome:
    """The others are the first person, who keeps the name."""
    into = desk.who.find(text)
    found = {s.id: s for s in map(desk.who.find, others)}
    if into.id in found:
        raise SettingsError(f"{into.label} cannot be merged with itself; name two people")
    return _merge(desk, into, list(found.values()))


def _merge(desk: Desk, into: Somebody, others: Sequence[Somebody]) -> Outcome:
    people = desk.people
    for somebody in (into, *others):
        people = desk.hold(people, somebody)
    people = changes.merge(people, into.id, [other.id for other in others])
    name = people.people[into.id].name
    now = plain_label(into.id) if name is None else f"{name} ({into.id})"
    verb = "is" if len(others) == 1 else "are"
    return Outcome(people, f"{_listed(others)} {verb} {now} now.")


def hidden(desk: Desk, text: str, hide: bool) -> Outcome:
    """No folder and no place in lists for this person, or both again."""
    somebody = desk.who.find(text)
    if not hide and not somebody.known:
        return Outcome(desk.people, "")
    held = desk.hold(desk.people, somebody)
    how = "is hidden: no folder, and not in lists" if hide else "is shown again"
    return Outcome(changes.hide(held, somebody.id, hide), f"{somebody.label} {how}.")


def one_person(desk: Desk, one: Somebody, other: Somebody) -> Outcome:
    """Both are one; the one with a name keeps it, else the larger."""
    first, second = sorted((one, other), key=lambda s: (s.name is None, -s.photos, s.id))
    return _merge(desk, first, [second])


def two_people(desk: Desk, one: Somebody, other: Somebody) -> Outcome:
    """Both are not one, whatever lists say."""
    people = desk.hold(desk.hold(desk.people, one), other)
    pair = tuple(people.people[somebody.id].cover for somebody in (one, other))
    first, second = pair
    if first is None or second is None:
        lost = one if first is None else other
        raise FaceclusterError(f"{lost.label} has no face yet that could be told from others")
    people = changes.say_different(people, (first, second))
    return Outcome(people, f"{one.label} and {other.label} are two people.")


def _listed(people: Sequence[Somebody]) -> str:
    labels = [somebody.label for somebody in people]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
