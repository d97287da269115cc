"""A file system without locks is told apart from another run."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import NoReturn

import pytest

from facecluster.errors import LibraryError
from facecluster.library.index import Index
from facecluster.library.storage.database import library_errors
from facecluster.library.storage.locks import why_no_locks
from tests.support.readings import READER

fcntl = pytest.importorskip("fcntl")


def refuse_locks(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(*args: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "lockf", refuse)


def sqlite_error(text: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES])
@pytest.mark.parametrize(
    "said",
    [
        sqlite_error("database is locked", sqlite3.SQLITE_BUSY),
        sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR_LOCK),
        sqlite_error("access permission denied", sqlite3.SQLITE_PERM),
    ],
    ids=str,
)
def test_no_locks_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: sqlite3.OperationalError
) -> None:
    refuse_locks(monkeypatch, code)
    sentence = r"index\.db: the file system there cannot lock files \(.+\); .*`output\.index`"
    with pytest.raises(LibraryError, match=sentence), library_errors(tmp_path / "index.db"):
        raise said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (sqlite_error("locked", sqlite3.SQLITE_BUSY), "in use by another facecluster run"),
        (sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR), "cannot be used"),
    ],
)
def test_where_locks_work_another_run_is_meant(
    tmp_path: Path, said: sqlite3.OperationalError, sentence: str
) -> None:
    assert why_no_locks(tmp_path) is None
    with pytest.raises(LibraryError, match=sentence), library_errors(tmp_path / "index.db"):
        raise said


def test_a_folder_that_is_not_there_says_nothing_about_locks(tmp_path: Path) -> None:
    assert why_no_locks(tmp_path / "gone") is None


def test_an_index_elsewhere_belongs_to_one_output_folder(tmp_path: Path) -> None:
    path, mine, other = tmp_path / "index.db", tmp_path / "a-people", tmp_path / "b-people"
    for keep in (True, False, True):
        with Index(path, READER, keep, home=mine):
            pass
    sentence = r"belongs to the results in .*a-people; .*`output\.index`"
    for keep in (True, False):
        with pytest.raises(LibraryError, match=sentence):
            Index(path, READER, keep, home=other)
    with Index(path, READER):  # moved back into its output folder
        pass
