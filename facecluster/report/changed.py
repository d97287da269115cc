"""What is otherwise than in the run before, in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping

from facecluster.report.records import Changes, Report

NAMED = 5  # people that a sentence names


def label(number: int, name: str | None) -> str:
    """What to call a person: the name, or `person-014`."""
    return name or f"person-{number:03d}"


def labels(report: Report) -> dict[int, str]:
    """What to call each person, those too who are gone."""
    found = {person.id: label(person.id, person.name) for person in report.people}
    for gone in report.changes.gone if report.changes else ():
        found[gone.person] = label(gone.person, gone.name)
    return found


def changes_told(report: Report) -> str:
    """Such as `12 new photos: 9 to Zoë, 2 to person-047 (new), 1 unsure. 3 older faces moved.`;
    empty where nothing is otherwise."""
    changes = report.changes
    if changes is None:
        return ""
    called = labels(report)
    parts = [_photos(changes, called), _moved(changes), _gone(changes, called), _waiting(changes)]
    return " ".join(part for part in parts if part)


def _photos(changes: Changes, called: Mapping[int, str]) -> str:
    if not changes.new_photos:
        return ""
    new = frozenset(changes.appeared)
    where, people = [], [gain for gain in changes.gains if gain.person is not None]
    for gain in people[:NAMED]:
        assert gain.person is not None
        mark = " (new)" if gain.person in new else ""
        where.append(f"{gain.photos} to {called[gain.person]}{mark}")
    if (more := len(people) - NAMED) > 0:
        where.append(f"others to {_count(more, 'more person', 'more people')}")
    where += [f"{gain.photos} unsure" for gain in changes.gains if gain.person is None]
    told = ": " + ", ".join(where) if where else ""
    return f"{_count(changes.new_photos, 'new photo')}{told}."


def _moved(changes: Changes) -> str:
    count = len(changes.moved)
    return f"{_count(count, 'older face')} moved." if count else ""


def _gone(changes: Changes, called: Mapping[int, str]) -> str:
    """People who are no more; one who has a name only waits."""
    lost = [gone for gone in changes.gone if gone.name is None]
    empty = [gone for gone in changes.gone if gone.name is not None]
    parts = []
    if lost:
        who = ", ".join(called[gone.person] for gone in lost[:NAMED])
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        parts.append(f"No longer found: {who}{more}.")
    if empty:
        who = ", ".join(called[gone.person] for gone in empty[:NAMED])
        more = f" and {len(empty) - NAMED} more" if len(empty) > NAMED else ""
        parts.append(f"Without a face now, but kept: {who}{more}.")
    return " ".join(parts)


def _waiting(changes: Changes) -> str:
    count = len(changes.waiting)
    if not count:
        return ""
    return (
        "1 face with a name or correction is not there and waits."
        if count == 1
        else f"{count} faces with names or corrections are not there and wait."
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
