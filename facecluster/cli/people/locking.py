"""One change at a time, and none while a run is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from facecluster.base.atomic import output_errors
from facecluster.cli.people.find.results import Results
from facecluster.errors import LibraryError, ReportError
from facecluster.library.index import FILE
from facecluster.library.storage.locks import is_locked

LOCK: Final = ".facecluster/people.lock"
PATIENCE: Final = 2.0  # seconds for another change, which takes less


@contextmanager
def locked(results: Results) -> Iterator[None]:
    """Names and corrections for us alone. Raises LibraryError while another one has them."""
    from filelock import FileLock, Timeout

    path = results.out / LOCK
    try:
        with output_errors(path), FileLock(path, timeout=PATIENCE):
            if is_locked(_index(results)):
                raise LibraryError(f"{results.out}: a run is at work there; wait for its end")
            yield
    except Timeout as error:
        raise LibraryError(f"{results.out}: another command changes its people; wait") from error


def _index(results: Results) -> Path:
    """Where the newest run had its index."""
    try:
        output = results.report.run.settings.get("output")
    except ReportError:  # names can be changed without a report, too
        output = None
    named = output.get("index") if isinstance(output, dict) else None
    return Path(named, FILE.name) if isinstance(named, str) else results.out / FILE
