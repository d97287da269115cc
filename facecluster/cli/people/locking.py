"""One change at a time, and none while a run is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facecluster.cli.people.find.results import Results
from facecluster.errors import ReportError
from facecluster.library.index import FILE
from facecluster.library.run_lock import run_lock


@contextmanager
def locked(results: Results) -> Iterator[None]:
    """Names and corrections for us alone. Raises LibraryError while another one has them."""
    with run_lock(results.out, _index(results)):
        yield


def _index(results: Results) -> Path | None:
    """Where the newest run had its index, where that was elsewhere."""
    try:
        output = results.report.run.settings.get("output")
    except ReportError:  # names can be changed without a report, too
        return None
    named = output.get("index") if isinstance(output, dict) else None
    return Path(named, FILE.name) if isinstance(named, str) else None
