"""What a change is made from: everybody, all faces, and who holds on to which face."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facecluster.cli.people.find.everybody import Somebody
from facecluster.cli.people.find.results import Results
from facecluster.cli.people.find.which import Which
from facecluster.cli.people.find.who import Who
from facecluster.errors import FaceclusterError
from facecluster.identity import FaceKey
from facecluster.library.people import changes
from facecluster.library.people.records import People
from facecluster.library.people.same_face import in_any
from facecluster.library.people.spoken import spoken


@dataclass(frozen=True, slots=True)
class Outcome:
    """Names and corrections after a change, and what it was in a sentence."""

    people: People
    sentence: str


class Desk:
    """The results with ways to find people and faces by what a user writes."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.who = Who(results)
        self.which = Which(results, self.who)

    @property
    def people(self) -> People:
        return self.results.people

    def hold(self, people: People, somebody: Somebody, but: Iterable[FaceKey] = ()) -> People:
        """With an entry of the person, who holds on to the most typical face that is free.

        but: faces that will not be the person's. Raises FaceclusterError where no face is left.
        """
        known = people.people.get(somebody.id)
        if known is not None and known.confirmed:
            return changes.hold(people, somebody.id, None)
        elsewhere = [*people.ignore, *but, *(known.rejected if known is not None else ())]
        for other in people.people.values():
            elsewhere += other.confirmed if other.id != somebody.id else ()
        keys = (self.results.key(face) for face in somebody.faces)
        cover = next((key for key in keys if not in_any(key, elsewhere)), None)
        if cover is None and known is None:
            raise FaceclusterError(
                f"nothing would be left of {somebody.label}; `merge` gives all its faces to "
                "somebody else, `ignore` leaves them out"
            )
        return changes.hold(people, somebody.id, cover)

    def without(self, people: People, somebody: Somebody, faces: Sequence[FaceKey]) -> People:
        """The person without these faces, holding on to another one."""
        rejected = changes.reject(self.hold(people, somebody, faces), somebody.id, faces)
        return self.hold(rejected, somebody, faces)

    def new_id(self, people: People) -> int:
        """One that nobody ever had, neither in people.toml nor in the newest report."""
        return changes.next_id(people, (person.id for person in self.results.report.people))

    def with_paths(self, people: People) -> People:
        """With the path of each face that something is said of, where the report knows it."""
        found = {}
        for key in dict(spoken(people)):
            if key not in people.paths and (face := self.results.face(key)) is not None:
                found[key] = face.photo
        return changes.place(people, found)
