"""What lies in the folders of the output, as it will be once the moves of this run are made."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from facecluster.base.atomic import output_errors
from facecluster.report.file_names import name_key

# What systems put into every folder; it belongs to nobody and is not moved.
LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".directory", "@eadir"})


class Listing:
    """Names by their key, folder by folder, read when first asked for."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._names: dict[str, dict[str, str]] = {}
        self._left: set[str] = set()  # paths that were moved away: not for another move

    def names(self, folder: str) -> dict[str, str]:
        """What lies in `folder`, by the key of its name."""
        if folder not in self._names:
            path = self._out / folder
            with output_errors(path):
                names = sorted(os.listdir(path)) if path.is_dir() else []
            self._names[folder] = {name_key(name): name for name in names}
        return self._names[folder]

    def move(self, path: str, folder: str) -> str:
        """Let what is at `path` go into `folder`; gives where it will be.

        It never takes a name that something else had before, so that a move that is asked for
        again, after a run that was killed, is known to be made when there is something there.
        """
        source, _, name = path.rpartition("/")
        self.names(source).pop(name_key(name), None)
        self._left.add(f"{source}/{name_key(name)}")
        plain, number = PurePosixPath(name), 2
        while name_key(name) in self.names(folder) or f"{folder}/{name_key(name)}" in self._left:
            name = f"{plain.stem}~{number}{plain.suffix}"
            number += 1
        self.names(folder)[name_key(name)] = name
        return f"{folder}/{name}"

    def fresh(self, folder: str) -> str:
        """A name for a new folder such as `folder`; taken from now on."""
        above, _, name = folder.rpartition("/")
        number, plain = 2, name
        while name_key(name) in self.names(above):
            name = f"{plain}~{number}"
            number += 1
        self.names(above)[name_key(name)] = name
        return f"{above}/{name}"
