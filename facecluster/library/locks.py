"""Whether a folder's file system can lock files, which the index needs: some shares cannot."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile


def why_no_locks(folder: Path) -> str | None:
    """What the system says to a lock on a new file in `folder`, as SQLite would ask for it.

    None where it is given, where no file can be made, and on systems that always have locks.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    with suppress(OSError), TemporaryFile(dir=folder) as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # nobody else knows this file
            return error.strerror or os.strerror(error.errno or 0)
    return None
