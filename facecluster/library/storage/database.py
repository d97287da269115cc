"""Opening the index file: locked for one run, or as a copy in memory."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from facecluster.errors import LibraryError
from facecluster.library.storage.locks import why_no_locks
from facecluster.library.storage.names import to_column
from facecluster.library.storage.schema import CHECKSUMS, VERSION, is_ours, migrate

# What SQLite says where the system or the disk stands in the way, and not the file's content.
_SYSTEM = frozenset(
    (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    )
)


def open_database(path: Path, keep: bool, home: Path | None = None) -> sqlite3.Connection:
    """The database at `path`, made where there is none, with the newest tables and locked.

    keep False gives a copy in memory. home: the output folder that it belongs to, where that is not
    the folder it lies in. Raises LibraryError when it is newer than this facecluster,
    and what SQLite raises (see `library_errors`).
    """
    if keep:
        path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(str(path), timeout=2) if keep else _copy(path)
    try:
        _prepare(database, path)
        if home is not None:
            _settle(database, path, home)
    except BaseException:
        database.close()
        if keep and path.is_file() and not path.stat().st_size:
            path.unlink()  # made a moment ago, and of no use to anybody
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.execute("PRAGMA secure_delete = ON")  # a face that is forgotten is not to be found
    # Held until the file is closed or the process ends: two runs must not mix their results.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    database.execute("COMMIT")
    (have,) = database.execute("PRAGMA user_version").fetchone()
    if have > VERSION:
        raise LibraryError(
            f"{path}: written by a newer facecluster (schema {have}, this one knows "
            f"{VERSION}); update facecluster or choose another `output.folder`"
        )
    if have < 0 or not is_ours(database, have):
        raise unusable(path, "it holds something else than facecluster's tables")
    if 0 < have < CHECKSUMS:  # what is damaged by now would be vouched for
        (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise unusable(path, found)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    migrate(database)
    database.execute("PRAGMA foreign_keys = ON")


def _settle(database: sqlite3.Connection, path: Path, home: Path) -> None:
    """Enter whose index this is: paths of another album mean other photos."""
    mine = to_column(os.path.realpath(home))
    rows = database.execute("SELECT folder FROM home").fetchall()
    if not rows:
        with database:
            database.execute("INSERT INTO home VALUES (?)", (mine,))
    elif rows != [(mine,)]:
        raise LibraryError(
            f"{path}: belongs to the results in {rows[0][0]}; choose another folder with "
            "`output.index`, or delete it to read all photos again"
        )


@contextmanager
def library_errors(path: Path) -> Iterator[None]:
    """Say in one sentence what SQLite means about the index at `path`. Raises LibraryError."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _explained(path, error) from error
    except UnicodeDecodeError as error:
        raise unusable(path, error) from error
    except OSError as error:
        raise LibraryError(
            f"{path}: cannot be written ({error.strerror or error}); choose another "
            "`output.folder` or `output.index`"
        ) from error


def _explained(path: Path, error: sqlite3.DatabaseError) -> LibraryError:
    kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest says where
    busy = kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    if (busy or kind in _SYSTEM) and (why := why_no_locks(path.parent)):
        return LibraryError(
            f"{path}: the file system there cannot lock files ({why}); keep the index in a folder "
            "on a local disk with `output.index`"
        )
    if busy:
        return LibraryError(f"{path}: in use by another facecluster run")
    if kind in _SYSTEM:
        return LibraryError(
            f"{path}: cannot be used ({error}); check rights and free space, or keep the index in "
            "another folder with `output.index`"
        )
    return unusable(path, error)


def unusable(path: Path, reason: object) -> LibraryError:
    """The sentence on a file that is not what we wrote."""
    line = " ".join(str(reason).split())[:200]  # SQLite quotes what stands in the file
    return LibraryError(f"{path}: not a usable index ({line}); delete it to read all photos again")


def _copy(path: Path) -> sqlite3.Connection:
    """The database in memory, empty when there is no file.

    SQLite makes two files beside one in WAL mode even to read it, so it reads a copy elsewhere.
    """
    memory = sqlite3.connect(":memory:")
    if path.exists():
        with TemporaryDirectory(prefix="facecluster-") as folder:
            for name in (path.name, f"{path.name}-wal"):  # the second: what a killed run left
                if path.with_name(name).exists():
                    shutil.copyfile(path.with_name(name), Path(folder, name))
            with closing(sqlite3.connect(Path(folder, path.name))) as file:
                file.backup(memory)
    return memory
