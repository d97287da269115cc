"""Who has locked what, and whether a folder's file system can lock at all: some shares cannot."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from facecluster.base.disks import file_system

NAME = "run.lock"  # beside the index, and in `.facecluster` of its results
BYTES = 0x40000002, 510  # first and number of those that stand for readers (SQLite's os.h)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Where programs cannot share the memory that SQLite tells them by who reads what.

    away: file systems that other computers, or a computer around this one, write to as well.
    behind: how the names of those begin that a program answers for. longest: bytes of a lock's text
    that are read; ours have a fifth of it.
    """

    away: frozenset[str] = frozenset((
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "coda", "ceph", "9p",
        "glusterfs", "lustre", "gpfs", "beegfs", "ocfs2", "gfs2", "virtiofs", "vboxsf", "prl_fs",
        "davfs", "webdav",
    ))  # fmt: skip
    behind: str = "fuse."
    longest: int = 1024


DEFAULT = Sharing()


@dataclass(frozen=True, slots=True)
class Holder:
    """The run that holds a lock. since: as ISO 8601, to the second, with the offset from UTC."""

    pid: int
    host: str
    since: str

    def __post_init__(self) -> None:
        if self.pid < 1 or not self.host.isprintable() or not self.since.isprintable():
            raise ValueError(f"no holder of a lock: {self!r}")

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"

    def as_text(self) -> str:
        """What stands in the file; see `read_holder`."""
        return f"{self}\n"


_TEXT = re.compile(r"process (\d{1,19}) on (.{1,300}), since (\S{1,40})\n")
SOMEBODY = Holder(1, "a computer that did not say its name", "a moment ago")


def read_holder(path: Path, sharing: Sharing = DEFAULT) -> Holder | None:
    """Who wrote the lock file at `path`, alive or not; None where that is not to be read."""
    try:
        with open(path, "rb") as file:
            text = file.read(sharing.longest).decode("utf-8", "replace")
        if (found := _TEXT.fullmatch(text)) is not None:
            return Holder(int(found[1]), found[2], found[3])
    except (OSError, ValueError):
        pass
    return None


def holder(path: Path) -> Holder | None:
    """Who holds the lock file at `path` now; None where nobody does or the system does not say.

    SOMEBODY where it is held and does not say by whom.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    with suppress(OSError), open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return read_holder(path) or SOMEBODY
    return None


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


def can_share(folder: Path, sharing: Sharing = DEFAULT) -> bool:
    """Whether others may read a database in `folder` while a run writes to it.

    They may not where the file system is not this computer's alone, and where it has no locks of
    whole files: there only SQLite keeps two runs apart.
    """
    kind = file_system(folder)
    if kind in sharing.away or kind.startswith(sharing.behind):
        return False
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        with TemporaryFile(dir=folder) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether a run has locked the index at `path`; False where the system does not say.

    Asked as SQLite asks before it reads: for a share of the bytes that a run has for itself, where
    others cannot read beside it and in earlier versions.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    with suppress(OSError), open(path, "rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, BYTES[1], BYTES[0])
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EAGAIN)
    return False
