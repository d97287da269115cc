"""faces.csv: one row a face, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

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
)
NUMBERS = COLUMNS[COLUMNS.index("distance") :]
PIECE = 1000  # rows made into text at once
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", " ", "＝", "＋", "－", "＠")  # noqa: RUF001


def faces_csv(report: Mapping[str, Any]) -> bytes:
    """The faces of `report` as UTF-8 CSV with a header, text quoted, numbers bare, LF line ends.

    A spreadsheet runs a cell that starts with `=`, `+`, `-` or `@`. A photo whose path starts so
    is therefore written as `./=name.jpg`, which is the same path; a person's name gets an
    apostrophe in front. Bytes of a name that are no UTF-8 become `\\udcNN`.
    """
    return b"".join(csv_pieces(report))


def csv_pieces(report: Mapping[str, Any]) -> Iterator[bytes]:
    """The bytes of `faces_csv` piece by piece."""
    names = {p["id"]: neutral(_label(p), "'") for p in report["people"]}
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(COLUMNS)
    faces = report["faces"]
    for first in range(0, max(len(faces), 1), PIECE):
        rows.writerows(_row(face, names) for face in faces[first : first + PIECE])
        yield text.getvalue().encode("utf-8", "backslashreplace")
        text.seek(0)
        text.truncate()


def _row(face: Mapping[str, Any], names: Mapping[int, str]) -> list[Any]:
    return [
        neutral(face["photo"], "./"),
        *face["box"],
        names.get(face["person"], ""),
        face["reason"],
        names.get(face["nearest"], ""),
        *(_cell(face[key]) for key in NUMBERS),
    ]


def neutral(text: str, guard: str) -> str:
    """`text`, with `guard` in front where a spreadsheet would take it for a formula."""
    return guard + text if text.startswith(_FORMULA) else text


def _label(person: Mapping[str, Any]) -> str:
    name: str | None = person["name"]
    return name or f"person-{person['id']:03d}"


def _cell(value: float | None) -> float | str:
    return "" if value is None else value
