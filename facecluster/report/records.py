"""The result of a run as one value: what `group` returns, and what every output is made of.

Fields are called as in report.json (docs/formats.md). Faces are numbered from 0 by their place in
`Report.faces`; a person's number is given once and stays, whoever else comes or goes. Boxes and
sizes are in px of the upright photo, distances are cosine distances, confidences are chances in
0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from facecluster.config import Link
from facecluster.photos.folder.left_out import LeftOut
from facecluster.records import Reason, Status

Plain = dict[str, object]  # a JSON object whose keys this program does not look at


@dataclass(frozen=True, slots=True)
class Face:
    """One face. box: x, y, width, height; size: the shorter side of it.

    score, consistency: as the models gave them. quality: 0..1. core: whether it was good enough
    to build people. person: None where `reason` says why. nearest: the person whose centre is
    nearest, `distance` away; both None when there are no people. confidence: that it is of its
    person. thumbnail: relative to the output folder, None where there is none. key: by which
    names and corrections know the face (facecluster/identity.py).
    """

    id: int
    photo: str
    box: tuple[float, float, float, float]
    size: float
    score: float | None
    consistency: float | None
    quality: float
    core: bool
    person: int | None
    reason: Reason
    nearest: int | None
    distance: float | None
    confidence: float | None
    thumbnail: str | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo. reason: why it has this status, in words. duplicate_of: the photo with the same
    bytes that stands for this one. width and height: 0 when unknown. taken: ISO 8601 without zone.
    faces: their ids. copy_of: the photo that stands for this one, because it shows the same
    picture: the same bytes, in another size, or edited. orientation: EXIF 1..8, applied to width,
    height and boxes already. content: what the index and thumbnails call what was seen in it."""

    path: str
    status: Status
    reason: str
    duplicate_of: str | None
    digest: str
    bytes: int
    width: int
    height: int
    taken: str | None
    faces: tuple[int, ...]
    copy_of: str | None = None
    orientation: int = 1
    content: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One person. folder: relative to the output folder, None where none was asked for.

    photo_count: copies of a photo count once. face_count: those in copies are counted.

    best_face: the one of the highest quality. spread: mean distance of the faces from their
    centre. confidence: of being one person; None where the grouping did not work it out. faces:
    ids, the most typical one first.
    """

    id: int
    name: str | None
    folder: str | None
    photo_count: int
    face_count: int
    best_face: int
    spread: float | None
    confidence: float | None
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of everything; each photo has one status, each face that was not placed a reason.

    copies: photos that another one stands for (`Photo.copy_of`).
    """

    people: int
    photos: int
    photos_by_status: dict[Status, int]
    faces: int
    faces_placed: int
    faces_by_reason: dict[Reason, int]
    copies: int = 0


@dataclass(frozen=True, slots=True)
class ProbablySame:
    """Two people who may be one, the smaller id first, with the chance that they are.

    shared_photos: how many photos show both, which speaks for two people unless they are collages.
    """

    people: tuple[int, int]
    confidence: float
    shared_photos: int = 0


@dataclass(frozen=True, slots=True)
class ProbablyMixed:
    """A person who may be several, with the chance of being one after all."""

    person: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Gain:
    """How many of the photos that are new in this run came to a person; None: to nobody, though
    they have faces worth grouping."""

    person: int | None
    photos: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A face that was there in the run before and is now of somebody else. before, now: the
    people, None for nobody."""

    face: int
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A person of the run before whom this one does not find. into: who has most of the faces now,
    None for nobody. name: of a person who has one, and so is only waiting."""

    person: int
    into: int | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A face that a name or a correction speaks of and that is not in this library now.

    face: its key. path: where its photo was, empty where nobody knows. what: the rule, in words.
    """

    face: str
    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What this run found otherwise than the one before.

    new_photos: that the run before did not have. gains: where these went, the most first. moved:
    by face. appeared: people who are new. gone, waiting: see there.
    """

    new_photos: int
    gains: tuple[Gain, ...] = ()
    moved: tuple[Moved, ...] = ()
    appeared: tuple[int, ...] = ()
    gone: tuple[Gone, ...] = ()
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be read, or a folder (its path ends with `/`), and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Model:
    """An embedder: its name, and the id by which the index knows it."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Run:
    """How a run was made.

    started: ISO 8601, UTC. seconds: by stage. distance: within which a face may join a person.
    link, unsure_folder: which folders were asked for. settings: every setting, as JSON says it.
    versions: by package.
    """

    started: str
    seconds: dict[str, float]
    model: Model
    distance: float
    link: Link
    unsure_folder: bool
    settings: Plain
    versions: dict[str, str]


class Point(NamedTuple):
    """A face on the map; x and y are in -1..1, on one scale."""

    face: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Scatter:
    """The map of faces. of: how many faces the points were chosen from. explained: each axis's
    share of the variance."""

    method: str
    of: int
    explained: tuple[float, float]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to know about a run.

    root: the photo folder. people: the largest first. unsure: ids of the faces without a person,
    without those that are too small. probably_same and probably_mixed: what is worth a look, the
    most urgent first. failures: photos, then folders, each by path. notes: sentences for the user.
    photos: by path. faces: by id. left_out: what the folder holds beside photos, files first.
    changes: since the run before; None where there was none, or where nothing is otherwise.
    """

    root: str
    summary: Summary
    people: tuple[Person, ...]
    unsure: tuple[int, ...]
    probably_same: tuple[ProbablySame, ...]
    probably_mixed: tuple[ProbablyMixed, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    run: Run
    scatter: Scatter
    photos: tuple[Photo, ...]
    faces: tuple[Face, ...]
    left_out: tuple[LeftOut, ...] = ()
    changes: Changes | None = None
