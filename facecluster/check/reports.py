"""The reports, the thumbnails they show, and that folders, index and report say the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from facecluster import __version__
from facecluster.check.findings import NEXT_RUN, Finding, Part
from facecluster.check.index import Placed
from facecluster.config import OutputConfig
from facecluster.errors import ReportError
from facecluster.output.folders.fate import file_digest
from facecluster.output.folders.fixed import INDEX
from facecluster.output.folders.manifest import MANIFEST, Manifest
from facecluster.output.folders.owners import whose_folders
from facecluster.output.folders.plan import wanted_photos
from facecluster.output.table import csv_pieces
from facecluster.output.thumbnails import is_whole
from facecluster.output.write import MARKS
from facecluster.report.document import read_report
from facecluster.report.records import Report


def newest_report(out: Path) -> tuple[list[Finding], Report | None]:
    """report.json, or what is wrong with it."""
    path = out / "report.json"
    if not path.exists():
        return [Finding(Part.REPORTS, path.name, "is not there", NEXT_RUN)], None
    try:
        return [], read_report(path)
    except ReportError as error:
        problem = str(error).removeprefix(f"{path}: ")
        return [Finding(Part.REPORTS, path.name, f"is {problem}", NEXT_RUN)], None


def check_reports(out: Path, report: Report) -> Iterator[Finding]:
    """Whether faces.csv and report.html are whole, and of the same run as `report`."""
    same = report.run.versions.get("facecluster") == __version__
    for name, end in (("faces.csv", b"\n"), ("report.html", b"</html>")):
        try:
            data = (out / name).read_bytes()
        except OSError as error:
            problem = "is not there" if isinstance(error, FileNotFoundError) else str(error)
            yield Finding(Part.REPORTS, name, problem, NEXT_RUN)
            continue
        if MARKS[name] not in data[:2000] or not data.endswith(end):
            yield Finding(Part.REPORTS, name, "is damaged", NEXT_RUN)
        elif name == "faces.csv":
            if same and data != b"".join(csv_pieces(report)):
                yield Finding(Part.REPORTS, name, "does not say what report.json says", NEXT_RUN)
        elif report.run.started.replace("T", " ")[:16].encode() not in data:
            yield Finding(Part.REPORTS, name, "is of another run than report.json", NEXT_RUN)


def check_thumbnails(out: Path, report: Report) -> Iterator[Finding]:
    """Whether each face has its small picture, with a beginning and an end."""
    for face in report.faces:
        if face.thumbnail is None:
            problem = f"a face of {face.photo} has none"
            yield Finding(Part.THUMBNAILS, ".facecluster/thumbnails", problem, NEXT_RUN)
            continue
        try:
            data = (out / face.thumbnail).read_bytes()
        except FileNotFoundError:
            yield Finding(Part.THUMBNAILS, face.thumbnail, "is gone", NEXT_RUN)
        except OSError as error:
            advice = "mend that and check again"
            yield Finding(Part.THUMBNAILS, face.thumbnail, str(error.strerror), advice)
        else:
            if not data:
                yield Finding(Part.THUMBNAILS, face.thumbnail, "is empty", NEXT_RUN)
            elif not is_whole(data):
                advice = f"delete it: {NEXT_RUN}"
                yield Finding(Part.THUMBNAILS, face.thumbnail, "is damaged", advice)


def check_people(report: Report, placed: Placed) -> Iterator[Finding]:
    """Whether the index says of each face whose it is, as the report does."""
    people = {
        key: report.faces[face].person or 0
        for photo in report.photos
        for ordinal, face in enumerate(photo.faces)
        if (key := (photo.content or photo.digest, ordinal)) in placed.people
    }
    if placed.started != report.run.started:
        yield Finding(Part.REPORTS, "report.json", "is of another run than the index", NEXT_RUN)
    elif any(placed.people[key] != person for key, person in people.items()):
        problem = "says otherwise than report.json who is who"
        yield Finding(Part.INDEX, INDEX, problem, NEXT_RUN)


def check_folders(out: Path, report: Report, manifest: Manifest) -> Iterator[Finding]:
    """Whether each folder holds the photos of its person, and the manifest knows whose it is."""
    listed: dict[str, set[str]] = {}
    for entry in manifest.files:
        listed.setdefault(entry.path.rpartition("/")[0], set()).add(entry.digest)
    config = OutputConfig(link=report.run.link, unsure=report.run.unsure_folder)
    for folder, photos in sorted(wanted_photos(report, config).items()):
        missing = {photo.digest for photo in photos} - listed.get(folder, set())
        missing -= {file_digest(path) for path in _files(out / folder)} if missing else set()
        if missing:
            what = "1 photo is" if len(missing) == 1 else f"{len(missing)} photos are"
            yield Finding(Part.COPIES, folder, f"{what} not in it that should be", NEXT_RUN)
    for folder, whose in sorted(whose_folders(report).items(), key=lambda pair: pair[0]):
        known = manifest.people.get(folder)
        if known is None or (known.id, set(known.faces)) != (whose.id, set(whose.faces)):
            problem = f"says otherwise than report.json whose {folder} is"
            yield Finding(Part.MANIFEST, MANIFEST, problem, NEXT_RUN)


def _files(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder)]
    except OSError:
        return []
