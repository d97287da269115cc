"""report.json: a `Report` as JSON, and back. docs/formats.md and report.schema.json describe it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from facecluster.errors import ReportError
from facecluster.report.records import Report

FORMAT = "facecluster-report"
VERSION = 1
PIECE = 1000  # records made into text at once


def members(record: Any) -> dict[str, object]:
    """The fields of a record by name, one level deep: the `default` of a JSON encoder."""
    names, values = _columns(record.__class__)
    return dict(zip(names, values(record), strict=True))


@cache
def _columns(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[object, ...]]]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is not a record")
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


# Records become text one after the other, so that no second form of all of them is ever held. A
# report is a tree, so nothing has to look for circles in it.
_dumps = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, default=members
).encode


def report_json(report: Report) -> bytes:
    """UTF-8 JSON, one record per line, so that two reports can be compared with diff.

    Names that are not valid UTF-8 keep their stray bytes as `\\udc80`..`\\udcff` escapes, as
    Python's surrogateescape has them.
    """
    return b"".join(json_pieces(report))


def json_pieces(report: Report) -> Iterator[bytes]:
    """The bytes of `report_json` piece by piece, since all of a large library's need much room."""
    start = "{\n"
    head: dict[str, object] = {"format": FORMAT, "version": VERSION}
    for key, value in (head | members(report)).items():
        yield _bytes(f"{start}  {_dumps(key)}: ")
        start = ",\n"
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            for first in range(0, len(value), PIECE):
                lines = ",\n    ".join(map(_dumps, value[first : first + PIECE]))
                yield _bytes((",\n    " if first else "[\n    ") + lines)
            yield b"\n  ]"
        else:
            yield _bytes(_dumps(value))
    yield b"\n}\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def read_report(source: bytes | Path) -> Report:
    """The report that `report_json` wrote, from its bytes or its file.

    Fields that this version does not know are left out. Raises ReportError for what is not a
    report, or was written by a facecluster whose reports mean something else.
    """
    from msgspec import ValidationError, convert  # writing a report does without it

    name = "the report" if isinstance(source, bytes) else str(source)
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
        found = json.loads(data, parse_constant=_no_constant)
    except OSError as error:
        raise ReportError(f"{name}: cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{name}: not a report of facecluster (not valid JSON)") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ReportError(f"{name}: not a report of facecluster")
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ReportError(
            f"{name}: written by a newer facecluster (report version {version}, this one knows "
            f"{VERSION}); update facecluster"
        )
    try:
        if version != VERSION:
            raise ValidationError(f"there is no version {version}")
        return convert(found, Report)
    except ValidationError as error:
        raise ReportError(f"{name}: a damaged report of facecluster ({error})") from error


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
