"""faces.csv: one row per face, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from operator import attrgetter

from facecluster.report.records import Face, Person, Report

COLUMNS = (
    "photo",
    "x",
    "y",
    "width",
    "height",
    "person",
    "reason",
    "nearest",
    "distance",
    "quality",
    "score",
    "consistency",
    "confidence",
    "copy_of",
)
_numbers = attrgetter(*COLUMNS[COLUMNS.index("distance") : -1])
PIECE = 1000  # rows made into text at once
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", " ", "＝", "＋", "－", "＠")  # noqa: RUF001


def faces_csv(report: Report) -> bytes:
    """The faces of `report` as UTF-8 CSV with a header, text quoted, numbers bare, LF line ends.

    A spreadsheet runs a cell that starts with `=`, `+`, `-` or `@`. A photo whose path starts so
    is therefore written as `./=name.jpg`, which is the same path; a person's name gets an
    apostrophe in front. Bytes of a name that are no UTF-8 become `\\udcNN`.
    """
    return b"".join(csv_pieces(report))


def csv_pieces(report: Report) -> Iterator[bytes]:
    """The bytes of `faces_csv` piece by piece."""
    names: dict[int | None, str] = {
        person.id: neutral(_label(person), "'") for person in report.people
    }
    copies = {photo.path: neutral(photo.copy_of, "./") for photo in report.photos if photo.copy_of}
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(COLUMNS)
    faces = report.faces
    for first in range(0, max(len(faces), 1), PIECE):
        rows.writerows(_row(face, names, copies) for face in faces[first : first + PIECE])
        yield text.getvalue().encode("utf-8", "backslashreplace")
        text.seek(0)
        text.truncate()


def _row(
    face: Face, names: Mapping[int | None, str], copies: Mapping[str, str]
) -> list[str | float]:
    return [
        neutral(face.photo, "./"),
        *face.box,
        names.get(face.person, ""),
        face.reason,
        names.get(face.nearest, ""),
        *map(_cell, _numbers(face)),
        copies.get(face.photo, ""),
    ]


def neutral(text: str, guard: str) -> str:
    """`text`, with `guard` in front where a spreadsheet would take it for a formula."""
    return guard + text if text.startswith(_FORMULA) else text


def _label(person: Person) -> str:
    return person.name or f"person-{person.id:03d}"


def _cell(value: float | None) -> float | str:
    return "" if value is None else value
