"""What is known of people before a run: names and rules, the run before, what others told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from facecluster.evaluate.people.known_people import Known
from facecluster.library.index import Index
from facecluster.library.people.memory import Memory
from facecluster.library.people.records import Hint, KnownPerson, People, Waiting
from facecluster.library.people.resolve import Resolved, resolve
from facecluster.records import FaceTable, Grouping, PhotoRow
from facecluster.report import records as report
from facecluster.who.known import known_names

Told = Callable[[Sequence[PhotoRow], FaceTable], Sequence[Hint]]


def no_hints(photos: Sequence[PhotoRow], faces: FaceTable) -> Sequence[Hint]:
    """Nobody else says anything."""
    return ()


@dataclass(frozen=True, slots=True)
class Sources:
    """people: names and rules as they hold now; written: as people.toml has them. memory: of the
    run before, None without one. told_by: gives names that other programs wrote. known: a folder of
    known people, which names groups that have no name. distance: cosine, within which a face is one
    of these. notes: sentences for the user. whole: whether `memory` knows all photos of that
    run, so that one may tell what is new.
    """

    people: People = field(default_factory=People)
    written: People = field(default_factory=People)
    memory: Memory | None = None
    told_by: Told = no_hints
    known: Known | None = None
    distance: float = 0.0
    notes: tuple[str, ...] = ()
    whole: bool = True

    def resolve(self, photos: Sequence[PhotoRow], faces: FaceTable, index: Index) -> Resolved:
        """What all this says of the faces of the library."""
        anchors = index.anchors() if self.people.people or self.people.ignore else ()
        return resolve(self.people, photos, faces, anchors, self.told_by(photos, faces))

    def told(self, waiting: Sequence[Waiting]) -> tuple[report.Waiting, ...]:
        """The rules that wait, as the report lists them."""
        return tuple(report.Waiting(str(w.key), w.path, w.what) for w in waiting)

    def name_by_known(
        self, faces: FaceTable, grouping: Grouping, people: People, ids: tuple[int, ...]
    ) -> tuple[People, tuple[int, ...]]:
        """People who have no name get that of the known person whom most of their faces resemble.

        A known person whom the library has without a face is found again that way.
        """
        if self.known is None:
            return people, ids
        for label, name in known_names(faces, grouping, self.known, self.distance).items():
            number = ids[label]
            if (entry := people.people.get(number)) is not None and entry.name:
                continue
            owner = people.named(name)
            if owner is not None and owner in ids:
                continue  # another group has that name: the report lists pairs that may be one
            if owner is not None:
                ids = (*ids[:label], owner, *ids[label + 1 :])
                continue
            entry = replace(entry or KnownPerson(number), name=name)
            people = replace(people, people={**people.people, number: entry})
        return people, ids
