"""Names and corrections as values: what people.toml says, whichever way it is spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from facecluster.identity import FaceKey
from facecluster.records import Floats

Pair = tuple[FaceKey, FaceKey]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of whom somebody said something.

    id: given once, never again. aka: other names, by which files may call the person. cover: the
    face that stands for the person in lists. confirmed, rejected: faces that are, and that are not,
    this person. merged: ids of people who became this one. hidden: no folder, and not in lists.
    """

    id: int
    name: str | None = None
    aka: tuple[str, ...] = ()
    cover: FaceKey | None = None
    confirmed: tuple[FaceKey, ...] = ()
    rejected: tuple[FaceKey, ...] = ()
    merged: tuple[int, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """All of people.toml.

    people: by id. different, same: pairs of faces. ignore: faces that are left out of everything.
    last: the highest id ever given, 0 for none. paths: where the photo of a face was when its rule
    was written, for readers (the comments of the file). added: faces that were not found but drawn
    by hand, each with its person's id.
    """

    people: Mapping[int, KnownPerson] = field(default_factory=dict)
    different: tuple[Pair, ...] = ()
    same: tuple[Pair, ...] = ()
    ignore: tuple[FaceKey, ...] = ()
    last: int = 0
    paths: Mapping[FaceKey, str] = field(default_factory=dict)
    added: Mapping[FaceKey, int] = field(default_factory=dict)

    def named(self, name: str) -> int | None:
        """The number of the person of this name, or of this other name; None for nobody."""
        wanted = name_key(name)
        for number, person in self.people.items():
            if any(name_key(other) == wanted for other in (person.name or "", *person.aka)):
                return number
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """What a face that rules speak of looked like. path: of its photo. embedding: float32 [D]."""

    key: FaceKey
    path: str
    embedding: Floats


@dataclass(frozen=True, slots=True)
class Hint:
    """A name that something else than people.toml gives to a face.

    row: of the face table. trust: the higher comes first.
    """

    row: int
    name: str
    trust: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A face that a rule speaks of and that is not there. what: the rule, in words."""

    key: FaceKey
    path: str
    what: str


def name_key(name: str) -> str:
    """What two spellings of a name share."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()
