"""What files mean that a user dragged between our folders, or deleted in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.everybody import Somebody, plain_label
from facecluster.cli.people.find.who import number_of
from facecluster.cli.people.work.on_people import checked_name
from facecluster.identity import FaceKey
from facecluster.library.people import changes
from facecluster.output.folders.by_hand.learned import learned
from facecluster.report.file_names import name_key


class Lesson(Protocol):
    """What became of a file of ours. path: of it now. face: whose it is by its photo. left, now:
    the folder it was in, and the one it is in, both below people/; None for none."""

    @property
    def path(self) -> str: ...
    @property
    def face(self) -> FaceKey: ...
    @property
    def left(self) -> str | None: ...
    @property
    def now(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Meant:
    """A lesson in terms of people. left: who the face is not. now: who it is; a name for somebody
    new, an empty one for somebody new without a name."""

    path: str
    face: FaceKey
    left: Somebody | None
    now: Somebody | str | None

    def __str__(self) -> str:
        """One line for the user."""
        now = self.now
        if isinstance(now, str):
            is_now = f"is {now} (new)" if now else "is somebody new"
        else:
            is_now = f"is {now.label}" if now is not None else ""
        is_not = f"is not {self.left.label}" if self.left is not None else ""
        return f"{self.path}: {', '.join(part for part in (is_not, is_now) if part)}"


def found_by(desk: Desk) -> list[Meant]:
    """What was moved and deleted by hand since the newest run."""
    report = desk.results.report
    return meant_by(desk, learned(desk.results.out, Path(report.root), report))


def learn(desk: Desk) -> Outcome:
    """All of that as rules."""
    return taken_over(desk, found_by(desk))


def meant_by(desk: Desk, lessons: Sequence[Lesson]) -> list[Meant]:
    """What each lesson says of people; those that say nothing are left out."""
    folders = {
        name_key(s.folder.removeprefix("people/")): s
        for s in desk.who.everybody.values()
        if s.folder is not None
    }
    found = []
    for lesson in lessons:
        left = None if lesson.left is None else folders.get(_key(lesson.left))
        now: Somebody | str | None = None
        if lesson.now is not None:
            now = folders.get(_key(lesson.now)) or _newcomer(desk, _plain(lesson.now))
        both = isinstance(now, Somebody) and left is not None and now.id == left.id
        if (left is not None or now is not None) and not both:
            found.append(Meant(lesson.path, lesson.face, left, now))
    return found


def taken_over(desk: Desk, meant: Sequence[Meant]) -> Outcome:
    """All of it as rules."""
    people = desk.people
    leaving: dict[int, list[FaceKey]] = {}
    for one in meant:
        if one.left is not None:
            leaving.setdefault(one.left.id, []).append(one.face)
    for id, faces in leaving.items():
        people = desk.without(people, desk.who.everybody[id], faces)
    new: dict[str, tuple[str, int]] = {}  # by what spellings of a name share
    for one in meant:
        if one.now is None:
            continue
        if isinstance(one.now, Somebody):
            id = one.now.id
        elif name_key(one.now) in new:
            id = new[name_key(one.now)][1]
        else:
            id = desk.new_id(people)
            new[name_key(one.now)] = one.now, id
            people = changes.rename(people, id, one.now or None)
        people = changes.confirm(people, id, [one.face])
    return Outcome(people, _sentence(meant, new.values()))


def _sentence(meant: Sequence[Meant], new: Iterable[tuple[str, int]]) -> str:
    files = "1 file is a rule" if len(meant) == 1 else f"{len(meant)} files are rules"
    newcomers = [f"{name} ({id})" if name else plain_label(id) for name, id in new]
    return f"{files} now." + (f"\nNew: {', '.join(newcomers)}." if newcomers else "")


def _newcomer(desk: Desk, folder: str) -> Somebody | str:
    """Who a folder is that no run made: somebody who is called so, else somebody new."""
    if number_of(folder) is not None:
        return desk.who.everybody.get(number_of(folder) or 0) or ""
    named = desk.who.called(folder)
    return named[0] if len(named) == 1 else checked_name(folder)


def _plain(folder: str) -> str:
    return folder.removeprefix("people/")


def _key(folder: str) -> str:
    return name_key(_plain(folder))
