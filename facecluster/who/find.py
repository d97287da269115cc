"""Who is who: rules that somebody made, groups that are found, and the numbers that people keep."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from facecluster import __version__
from facecluster.cluster.copies.find import find_copies
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.config import ClusterConfig, Settings
from facecluster.embed.spec import ModelSpec
from facecluster.faces.quality import FITTED_TO, quality
from facecluster.identity import FaceKey
from facecluster.library.index import Index
from facecluster.library.people.differences import differences
from facecluster.library.people.matching import match_people
from facecluster.library.people.memory import NOBODY, UNKNOWN, Memory
from facecluster.library.people.records import People
from facecluster.library.people.resolve import Resolved
from facecluster.library.people.spoken import spoken
from facecluster.library.storage.groupings import grouping_key
from facecluster.library.storage.lasting import today
from facecluster.records import FaceTable, Floats, Grouping, Ints, PhotoRow, Reason
from facecluster.report.people import Identities
from facecluster.report.records import Changes
from facecluster.rules import FaceRules
from facecluster.who.sources import Sources

# Raise it when the same faces begin to be grouped in another way.
GROUPING_VERSION = 4


@dataclass(frozen=True, slots=True)
class Who:
    """What a run found. people: names and rules as they stand now. memory: for the next run.

    confirmed: int32 [N], whose each face is by what somebody said, 0 where nobody did. spoken_of:
    rows of the faces that names and rules speak of.
    """

    grouping: Grouping
    identities: Identities
    people: People
    memory: Memory
    confirmed: Ints
    spoken_of: Mapping[FaceKey, int]


def who_is_who(
    index: Index,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    settings: Settings,
    spec: ModelSpec,
    sources: Sources,
    tuning: Tuning = DEFAULT,
    versions: tuple[object, ...] = (GROUPING_VERSION, __version__),
) -> Who:
    """Group the faces by the rules of `sources`, and give the people the numbers they had."""
    resolved = sources.resolve(photos, faces, index)
    trust, config = _trust(faces, settings.cluster, spec)
    made = made_from(config, spec, tuning, (*versions, _digest(resolved.rules)))
    key = grouping_key(photos, faces, trust, made)
    found = None if settings.regroup else index.grouping(key)
    if found is None:
        curve = FalseAcceptCurve(spec.far_table, spec.distance, tuning=tuning.curve)
        copies = find_copies(photos, faces, spec.distance, tuning.copies)
        rules = resolved.rules if resolved.rules else None
        found = find_people(faces, trust, config, curve, tuning, copies, rules)
        index.keep_grouping(key, found)
    return _named(photos, faces, found, resolved, sources)


def _named(
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    resolved: Resolved,
    sources: Sources,
) -> Who:
    """The numbers and names of the groups, and what is otherwise than before."""
    memory = sources.memory
    people, before = resolved.people, _before(photos, faces, resolved.people, memory)
    last = max(people.last, memory.last if memory else 0, *people.people, 0)
    known = frozenset(people.people)
    ids = match_people(grouping.labels, before, resolved.person, last, known)
    grouping = _without_rejected(grouping, ids, resolved)
    people, ids = sources.name_by_known(faces, grouping, people, ids)
    names = {number: p.name for number, p in people.people.items() if p.name}
    changes: Changes | None = None
    if memory is not None and sources.whole:
        waiting = sources.told(resolved.waiting)
        changes = differences(photos, faces, grouping, ids, memory, before, names, waiting)
    day = today()
    now = np.append(np.asarray(ids, np.int32), np.int32(0))[grouping.labels]
    last = max(last, *ids, 0)
    return Who(
        grouping=grouping,
        identities=Identities(
            ids=ids,
            names=tuple(names.get(number) for number in ids),
            hidden=frozenset(number for number, p in people.people.items() if p.hidden),
            changes=changes,
        ),
        people=replace(people, last=last) if people != sources.people else people,
        memory=Memory.of(photos, faces, _or_former(now, before), last, day).after(memory, day),
        confirmed=resolved.person,
        spoken_of=_spoken_of(people, resolved),
    )


def _spoken_of(people: People, resolved: Resolved) -> Mapping[FaceKey, int]:
    said = dict(spoken(people))
    return {key: row for key, row in resolved.rows.items() if key in said}


def _before(
    photos: Sequence[PhotoRow], faces: FaceTable, people: People, memory: Memory | None
) -> Ints:
    """Whose each face was, int32 [N], people who were merged since under the number they have."""
    if memory is None:
        return np.full(len(faces), UNKNOWN, np.int32)
    before = memory.recalled(photos, faces)
    for number, person in people.people.items():
        if person.merged:
            before[np.isin(before, person.merged)] = number
    return before


def _or_former(now: Ints, before: Ints) -> Ints:
    """Whose each face is; of those who are nobody's now, whose they were last (`Memory.people`)."""
    former = np.where(before > 0, -before, np.where(before > UNKNOWN, before, NOBODY))
    kept: Ints = np.where(now > 0, now, former).astype(np.int32)
    return kept


def _without_rejected(grouping: Grouping, ids: Sequence[int], resolved: Resolved) -> Grouping:
    """Faces that somebody said are not a person are not in that person's group.

    The rules have seen to that wherever the person has a confirmed face in the library.
    """
    place = {number: label for label, number in enumerate(ids)}
    gone = [
        row
        for number, rows in resolved.rejected.items()
        for row in rows
        if grouping.labels[row] >= 0 and grouping.labels[row] == place.get(number, -1)
    ]
    if not gone:
        return grouping
    labels, reasons = grouping.labels.copy(), list(grouping.reasons)
    for row in gone:
        labels[row], reasons[row] = -1, Reason.ALONE
    if len(np.unique(labels[labels >= 0])) < len(ids):  # nobody would be left in a group
        return grouping
    return replace(grouping, labels=labels, reasons=tuple(reasons))


def _digest(rules: FaceRules) -> str:
    """All that rules decide, as one text; empty without any."""
    if not rules:
        return ""
    parts = (rules.same, rules.apart, rules.ignored, rules.kept)
    return hashlib.blake2b(b"".join(p.tobytes() for p in parts), digest_size=16).hexdigest()


def made_from(
    config: ClusterConfig, spec: ModelSpec, tuning: Tuning, versions: tuple[object, ...]
) -> str:
    """All that decides a grouping but the faces and their quality, as one text.

    versions: of how faces are grouped, and of the package.
    """
    return repr((asdict(config), spec.far_table, spec.distance, tuning, *versions))


def _trust(
    faces: FaceTable, config: ClusterConfig, spec: ModelSpec
) -> tuple[Floats, ClusterConfig]:
    """The quality of each face, float32 [N], and the settings as they suit the model."""
    if spec.align == "none":  # whole pictures: none of them is a face too small or too poor
        return np.ones(len(faces), np.float32), replace(config, min_face=1)
    consistency = faces.consistency if spec.name in FITTED_TO else None
    trust = quality(faces.scores, faces.landmarks, faces.sizes, faces.clarity, consistency)
    return trust, config
