"""From the tables and the grouping of a run to its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from facecluster.config import OutputConfig
from facecluster.photos.folder.left_out import LeftOut
from facecluster.records import FaceTable, Grouping, PhotoRow, Reason, Status
from facecluster.report.copies import stand_ins
from facecluster.report.doubts import probably_mixed, probably_same
from facecluster.report.people import Identities, person_records
from facecluster.report.records import (
    Failure,
    Model,
    Photo,
    Plain,
    Point,
    Report,
    Run,
    Scatter,
    Summary,
)
from facecluster.report.rows import face_records, photo_records
from facecluster.report.scatter import pca

UNSURE = (Reason.POOR, Reason.ALONE, Reason.TWICE)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What only the run itself knows. settings: anything JSON can say. versions: by package.

    model: the embedder's name, model_id: what the index calls it. started: ISO 8601.
    seconds: by stage. notes: sentences for the user. unlisted: folders whose photos nobody knows,
    as their owner keeps us out. left_out: what is no photo.
    """

    settings: Plain
    versions: Mapping[str, str]
    model: str
    model_id: str
    started: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unlisted: tuple[Failure, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def build_report(
    root: Path,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    run: RunInfo,
    config: OutputConfig | None = None,
    thumbnails: Container[str] = (),
    who: Identities | None = None,
) -> Report:
    """Everything there is to know about a run; nothing is written.

    thumbnails: the paths, relative to the output folder, of those that exist. who: numbers and
    names of the people; None numbers them by rank. The same input gives the same report.
    """
    config = config or OutputConfig()
    who = who or Identities.by_rank(grouping.people)
    face_rows = face_records(photos, faces, grouping, thumbnails, who.ids)
    stands = stand_ins(photos, faces, grouping.copies)
    photo_rows = photo_records(photos, faces, grouping, stands)
    copies = {photo.path: photo.copy_of for photo in photo_rows if photo.copy_of is not None}
    people = person_records(face_rows, grouping, who, config, copies)
    return Report(
        root=str(root),
        summary=_summary(photo_rows, grouping),
        people=tuple(people),
        unsure=tuple(i for i, reason in enumerate(grouping.reasons) if reason in UNSURE),
        probably_same=tuple(probably_same(grouping, faces.photo, who.ids)),
        probably_mixed=tuple(probably_mixed(people)),
        failures=(*_unreadable(photo_rows), *run.unlisted),
        notes=(*grouping.notes, *run.notes),
        run=_run(run, grouping, config),
        scatter=_scatter(faces, grouping),
        photos=tuple(photo_rows),
        faces=tuple(face_rows),
        left_out=run.left_out,
        changes=who.changes,
    )


def _unreadable(photos: Sequence[Photo]) -> list[Failure]:
    return [Failure(p.path, p.reason) for p in photos if p.status is Status.UNREADABLE]


def _run(run: RunInfo, grouping: Grouping, config: OutputConfig) -> Run:
    return Run(
        started=run.started,
        seconds={stage: round(float(s), 3) for stage, s in run.seconds.items()},
        model=Model(run.model, run.model_id),
        distance=round(float(grouping.threshold), 6),
        link=config.link,
        unsure_folder=config.unsure and config.link != "none",
        settings=run.settings,
        versions=dict(run.versions),
    )


def _summary(photos: Sequence[Photo], grouping: Grouping) -> Summary:
    statuses = Counter(photo.status for photo in photos)
    reasons = Counter(grouping.reasons)
    return Summary(
        people=grouping.people,
        photos=len(photos),
        photos_by_status={status: statuses[status] for status in Status},
        faces=len(grouping.reasons),
        faces_placed=reasons[Reason.PLACED],
        faces_by_reason={r: reasons[r] for r in Reason if r is not Reason.PLACED},
        copies=sum(photo.copy_of is not None for photo in photos),
    )


def _scatter(faces: FaceTable, grouping: Grouping) -> Scatter:
    seen = np.array([reason != Reason.SMALL for reason in grouping.reasons], dtype=np.bool_)
    cloud = pca(faces.embeddings, grouping.labels, seen)
    x_share, y_share = (round(share, 3) for share in cloud.explained)
    return Scatter(
        method="pca",
        of=int(seen.sum()),
        explained=(x_share, y_share),
        points=tuple(
            # Adding 0 turns -0.0 into 0.0.
            Point(int(face), round(float(x), 3) + 0.0, round(float(y), 3) + 0.0)
            for face, (x, y) in zip(cloud.faces, cloud.points, strict=True)
        ),
    )
