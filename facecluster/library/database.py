"""Opening the index file: locked for one run, or as a copy in memory."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from facecluster.errors import LibraryError
from facecluster.library.schema import CHECKSUMS, VERSION, is_ours, migrate

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


def open_database(path: Path, keep: bool) -> sqlite3.Connection:
    """The database at `path`, made where there is none, with the newest tables and locked.

    keep False gives a copy in memory. Raises LibraryError when it is newer than this facecluster,
    and what SQLite raises (see `library_errors`).
    """
    if keep:
        path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(str(path), timeout=2) if keep else _copy(path)
    try:
        _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
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
        raise _unusable(path, "it holds something else than facecluster's tables")
    if 0 < have < CHECKSUMS:  # what is damaged by now would be vouched for
        (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise _unusable(path, found)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    migrate(database)
    database.execute("PRAGMA foreign_keys = ON")


@contextmanager
def library_errors(path: Path) -> Iterator[None]:
    """Say in one sentence what SQLite means about the index at `path`. Raises LibraryError."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _explained(path, error) from error
    except UnicodeDecodeError as error:
        raise _unusable(path, error) from error
    except OSError as error:
        raise LibraryError(
            f"{path}: cannot be written ({error.strerror or error}); choose another `output.folder`"
        ) from error


def _explained(path: Path, error: sqlite3.DatabaseError) -> LibraryError:
    kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest says where
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryError(f"{path}: in use by another facecluster run")
    if kind in _SYSTEM:
        return LibraryError(f"{path}: cannot be used ({error}); check rights and free space")
    return _unusable(path, error)


def _unusable(path: Path, reason: object) -> LibraryError:
    return LibraryError(
        f"{path}: not a usable index ({reason}); delete it to read all photos again"
    )


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
