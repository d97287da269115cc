"""Opening the index file: for the run that writes while others read, or as a copy in memory."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from facecluster.errors import LibraryError
from facecluster.library.storage.locks import NAME as LOCK
from facecluster.library.storage.locks import can_share, holder, why_no_locks
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


@dataclass(frozen=True, slots=True)
class Opening:
    """How patient SQLite is. seconds: that another program may keep the file from us, which as a
    rule takes some milliseconds. alone: the same where runs keep it from each other. copies: that
    are made of a file which changes meanwhile before that counts as in use."""

    seconds: float = 5.0
    alone: float = 2.0
    copies: int = 5


DEFAULT = Opening()


def open_database(
    path: Path, keep: bool, home: Path | None = None, opening: Opening = DEFAULT
) -> sqlite3.Connection:
    """The database at `path`, made where there is none, with the newest tables.

    Others may read it meanwhile; where their system cannot have that, it is locked until it is
    closed. That one run at a time has it is for `run_lock` to see to.
    keep False gives a copy in memory. home: the output folder that it belongs to, where that is not
    the folder it lies in. Raises LibraryError when it is newer than this facecluster,
    and what SQLite raises (see `library_errors`).
    """
    if not keep:
        return _ready(_copy(path, opening), path, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _close_to_others(path)
        if can_share(path.parent):
            try:
                return _ready(_connect(path, opening, alone=False), path, home)
            except sqlite3.OperationalError as error:
                if _kind(error) not in _SYSTEM:
                    raise  # else there may be no memory to share, which is not known beforehand
        return _ready(_connect(path, opening, alone=True), path, home)
    except BaseException:
        if path.is_file() and not path.stat().st_size:
            path.unlink()  # made a moment ago, and of no use to anybody
        raise


def _connect(path: Path, opening: Opening, alone: bool) -> sqlite3.Connection:
    """alone: nobody reads it until it is closed or the process ends, and it needs no memory that
    is shared."""
    database = sqlite3.connect(str(path), timeout=opening.alone if alone else opening.seconds)
    if alone:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
    return database


def _ready(database: sqlite3.Connection, path: Path, home: Path | None) -> sqlite3.Connection:
    try:
        _prepare(database, path)
        if home is not None:
            _settle(database, path, home)
    except BaseException:
        database.close()
        raise
    return database


def _close_to_others(path: Path) -> None:
    """Make the file the owner's alone before there is anything in it, and what an earlier version
    left open; SQLite gives its neighbours the same rights."""
    if os.name == "nt":
        return
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            with suppress(OSError):
                have = path.with_name(name).lstat().st_mode
                if stat.S_ISREG(have) and stat.S_IMODE(have) != 0o600:
                    path.with_name(name).chmod(0o600)


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.execute("PRAGMA secure_delete = ON")  # a face that is forgotten is not to be found
    database.execute("BEGIN EXCLUSIVE")  # what cannot be written is to be known now
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
    kind = _kind(error)
    busy = kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    if (busy or kind in _SYSTEM) and (why := why_no_locks(path.parent)):
        return LibraryError(
            f"{path}: the file system there cannot lock files ({why}); keep the index in a folder "
            "on a local disk with `output.index`"
        )
    if busy:
        return in_use(path)
    if kind in _SYSTEM:
        return LibraryError(
            f"{path}: cannot be used ({error}); check rights and free space, or keep the index in "
            "another folder with `output.index`"
        )
    return unusable(path, error)


def _kind(error: sqlite3.DatabaseError) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF  # the rest says where


def unusable(path: Path, reason: object) -> LibraryError:
    """The sentence on a file that is not what we wrote."""
    line = " ".join(str(reason).split())[:200]  # SQLite quotes what stands in the file
    return LibraryError(f"{path}: not a usable index ({line}); delete it to read all photos again")


def _copy(path: Path, opening: Opening) -> sqlite3.Connection:
    """The database in memory, as some commit left it; empty when there is no file."""
    memory = sqlite3.connect(":memory:")
    if path.exists() and not (holder(path.with_name(LOCK)) and _read_beside(path, opening, memory)):
        # SQLite makes two files beside one in WAL mode even to read it: it reads a copy elsewhere.
        with TemporaryDirectory(prefix="facecluster-") as folder:
            _copy_files(path, folder, opening)
            with closing(sqlite3.connect(Path(folder, path.name))) as file:
                file.backup(memory)
    return memory


def _read_beside(path: Path, opening: Opening, memory: sqlite3.Connection) -> bool:
    """Take it over from a run that writes; False where that lets nobody read."""
    with suppress(sqlite3.OperationalError):
        with closing(sqlite3.connect(str(path), timeout=opening.seconds)) as file:
            file.execute("PRAGMA query_only = ON")
            file.execute("BEGIN")
            file.execute("SELECT * FROM sqlite_schema")  # now or never: a backup waits for ever
            file.backup(memory)
        return True
    return False


def _copy_files(path: Path, folder: str, opening: Opening) -> None:
    """Copy what nobody writes to, with what a run that was killed left beside it."""
    names = [path.name, f"{path.name}-wal"]
    for _ in range(opening.copies):
        before = [_state(path.with_name(name)) for name in names]
        for name, state in zip(names, before, strict=True):
            if state is None:
                Path(folder, name).unlink(missing_ok=True)
            else:
                shutil.copyfile(path.with_name(name), Path(folder, name))
        if before == [_state(path.with_name(name)) for name in names]:
            return
    raise in_use(path)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns


def in_use(path: Path) -> LibraryError:
    """The sentence on a file that somebody else keeps from us."""
    return LibraryError(
        f"{path}: in use by another facecluster run, or by a program that writes to it; wait until "
        "it ends"
    )
