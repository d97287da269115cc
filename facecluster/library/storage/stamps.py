"""What else tells that a file was changed, where its size and time are as they were.

ctime is set by the system at every change and by nobody else; copying, linking and changing rights
set it too. So another stamp only means that the bytes are compared, and rows need no checksum.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from facecluster.library.storage.names import from_column, to_column
from facecluster.records import PhotoFile


def compare(
    database: sqlite3.Connection, files: Sequence[PhotoFile]
) -> tuple[set[str], list[PhotoFile]]:
    """The paths whose bytes may have changed, and the files whose stamp is to be taken over.

    files: that are otherwise as they were. Taken over is what an index of an earlier version does
    not have, and other inodes of most files at the same ctime: some file systems (FAT, shares)
    number files anew each time they are mounted.
    """
    rows = database.execute("SELECT path, ctime_ns, inode FROM stamp")
    kept = {from_column(path): (ctime_ns, inode) for path, ctime_ns, inode in rows}
    changed: set[str] = set()
    new, numbered = list[PhotoFile](), list[PhotoFile]()
    for file in files:
        stamp = kept.get(file.path)
        if stamp is None:
            new.append(file)
        elif stamp[0] != file.ctime_ns:
            changed.add(file.path)
        elif stamp[1] != file.inode:
            numbered.append(file)
    lasting = len(files) - len(new) - len(changed) - len(numbered)
    if len(numbered) > lasting:
        return changed, new + numbered
    return changed | {file.path for file in numbered}, new


def keep(database: sqlite3.Connection, files: Iterable[PhotoFile]) -> None:
    """Remember the stamps of files whose bytes are those of the index."""
    database.executemany(
        "INSERT OR REPLACE INTO stamp VALUES (?, ?, ?)",
        ((to_column(file.path), file.ctime_ns, file.inode) for file in files),
    )


def linked(root: Path, files: Iterable[PhotoFile]) -> Iterator[PhotoFile]:
    """The files that have other names too and are otherwise as they were, as they are now.

    To be asked when we made hard links to them, which sets their ctime.
    """
    for file in files:
        try:
            status = os.stat(root / file.path)
        except (OSError, ValueError):
            continue
        now = PhotoFile.of(file.path, status)
        same = (now.size, now.mtime_ns, now.inode) == (file.size, file.mtime_ns, file.inode)
        if same and status.st_nlink > 1 and now.ctime_ns != file.ctime_ns:
            yield now
