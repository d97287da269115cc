"""Whether a folder's file system can lock files, which the index needs: some shares cannot."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

SHARED = 0x40000002, 510  # first and number of the bytes that stand for readers (SQLite's os.h)


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


def is_locked(path: Path) -> bool:
    """Whether a run has locked the index at `path`; False where the system does not say.

    Asked as SQLite asks before it reads: for a share of the bytes that a run has for itself.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    with suppress(OSError), open(path, "rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, SHARED[1], SHARED[0])
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EAGAIN)
    return False
