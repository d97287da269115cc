"""The whole result of a run as one plain dict, and as JSON. docs/formats.md describes it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from facecluster.config import OutputConfig
from facecluster.output.doubts import person_chances, probably_mixed, probably_same
from facecluster.output.folders.names import person_folders
from facecluster.output.rows import Face, face_records, photo_records
from facecluster.output.scatter import pca
from facecluster.records import FaceTable, Grouping, PhotoRow, Reason, Status

FORMAT = "facecluster-report"
VERSION = 1
UNSURE = (Reason.POOR, Reason.ALONE, Reason.TWICE)
PIECE = 1000  # records made into text at once
Report = dict[str, Any]
_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class RunInfo:
    """How a run was made. settings: anything JSON can say. versions: by package.

    model: the embedder's name, model_id: what the index calls it. started: ISO 8601.
    seconds: by stage. notes: sentences for the user.
    """

    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    model: str
    model_id: str
    started: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def build_report(
    root: Path,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    run: RunInfo,
    config: OutputConfig | None = None,
    thumbnails: Container[str] = (),
    names: Sequence[str | None] = (),
) -> Report:
    """Everything there is to know about a run; nothing is written.

    thumbnails: the paths, relative to the output folder, of those that exist. names: by person,
    None or left out for people without one. The same input gives the same dict in the same order.
    """
    config = config or OutputConfig()
    names = [*names, *[None] * grouping.people][: grouping.people]
    face_rows = face_records(photos, faces, grouping, thumbnails)
    photo_rows = photo_records(photos, faces, grouping)
    people = _people(face_rows, grouping, names, config)
    return {
        "format": FORMAT,
        "version": VERSION,
        "root": str(root),
        "summary": _summary(photo_rows, grouping),
        "people": people,
        "unsure": [i for i, reason in enumerate(grouping.reasons) if reason in UNSURE],
        "probably_same": probably_same(grouping),
        "probably_mixed": probably_mixed(people),
        "failures": [
            {"path": photo["path"], "reason": photo["reason"]}
            for photo in photo_rows
            if photo["status"] == Status.UNREADABLE
        ],
        "notes": [*grouping.notes, *run.notes],
        "run": _run(run, grouping, config),
        "scatter": _scatter(faces, grouping),
        "photos": photo_rows,
        "faces": face_rows,
    }


def _run(run: RunInfo, grouping: Grouping, config: OutputConfig) -> dict[str, Any]:
    """How the run was made, as JSON can say it."""
    return {
        "started": run.started,
        "seconds": {stage: round(float(s), 3) for stage, s in run.seconds.items()},
        "model": {"name": run.model, "id": run.model_id},
        "distance": round(float(grouping.threshold), 6),
        "link": config.link,
        "unsure_folder": config.unsure and config.link != "none",
        "settings": dict(run.settings),
        "versions": dict(run.versions),
    }


def report_json(report: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON, one record a line, so that two reports can be compared with diff.

    Names that are not valid UTF-8 keep their stray bytes as `\\udc80`..`\\udcff` escapes, as
    Python's surrogateescape has them.
    """
    return b"".join(json_pieces(report))


def json_pieces(report: Mapping[str, Any]) -> Iterator[bytes]:
    """The bytes of `report_json` piece by piece, since all of a large library's need much room."""
    start = "{\n"
    for key, value in report.items():
        yield _bytes(f"{start}  {_dumps(key)}: ")
        start = ",\n"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for first in range(0, len(value), PIECE):
                lines = ",\n    ".join(map(_dumps, value[first : first + PIECE]))
                yield _bytes((",\n    " if first else "[\n    ") + lines)
            yield b"\n  ]"
        else:
            yield _bytes(_dumps(value))
    yield b"\n}\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _summary(photo_rows: Sequence[Mapping[str, Any]], grouping: Grouping) -> dict[str, Any]:
    statuses = Counter(photo["status"] for photo in photo_rows)
    reasons = Counter(grouping.reasons)
    return {
        "people": grouping.people,
        "photos": len(photo_rows),
        "photos_by_status": {status.value: statuses[status] for status in Status},
        "faces": len(grouping.reasons),
        "faces_placed": reasons[Reason.PLACED],
        "faces_by_reason": {r.value: reasons[r] for r in Reason if r is not Reason.PLACED},
    }


def _people(
    face_rows: Sequence[Face],
    grouping: Grouping,
    names: Sequence[str | None],
    config: OutputConfig,
) -> list[dict[str, Any]]:
    """The largest first; faces from the most typical to the least, the best being the clearest."""
    members: list[list[Face]] = [[] for _ in range(grouping.people)]
    for face in face_rows:
        if face["person"] is not None:
            members[face["person"] - 1].append(face)
    people = []
    columns = zip(members, names, person_folders(names), person_chances(grouping), strict=True)
    for number, (own, name, folder, chance) in enumerate(columns, start=1):
        distances = [face["distance"] for face in own if face["distance"] is not None]
        own.sort(key=lambda f: (f["distance"] if f["distance"] is not None else 2.0, f["id"]))
        best = max(own, key=lambda f: (f["quality"], min(f["box"][2:]), -f["id"]))
        people.append(
            {
                "id": number,
                "name": name,
                "folder": None if config.link == "none" else f"people/{folder}",
                "photo_count": len({face["photo"] for face in own}),
                "face_count": len(own),
                "best_face": best["id"],
                "spread": round(float(np.mean(distances)), 4) if distances else None,
                "confidence": chance,
                "faces": [face["id"] for face in own],
            }
        )
    return people


def _scatter(faces: FaceTable, grouping: Grouping) -> dict[str, Any]:
    seen = np.array([reason != Reason.SMALL for reason in grouping.reasons], dtype=np.bool_)
    cloud = pca(faces.embeddings, grouping.labels, seen)
    return {
        "method": "pca",
        "of": int(seen.sum()),
        "explained": [round(share, 3) for share in cloud.explained],
        "points": [
            [int(face), round(float(x), 3) + 0.0, round(float(y), 3) + 0.0]
            for face, (x, y) in zip(cloud.faces, cloud.points, strict=True)
        ],
    }
