"""Folders of class folders: which pictures there are, and what is said of other layouts."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from facecluster.config import ScanConfig
from facecluster.errors import SettingsError
from facecluster.photos.scan import scan
from facecluster.records import PhotoFile

ODD_NAME = "a name with a tab or a line break, which lists of pairs cannot hold"
_CONTROL = re.compile(r"[\x00-\x1f]")
PARTS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation", "dev"})


@dataclass(frozen=True, slots=True)
class Listing:
    """Picture files by class. Each file's path is `class/…/name.ext`, inside `root`.

    files: sorted by class, then path. classes: sorted. skipped: what was left out, and why.
    """

    root: Path
    files: tuple[PhotoFile, ...]
    classes: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...] = ()


def class_of(path: str) -> str:
    """The class folder of `class/…/name.ext`."""
    return path.split("/", 1)[0]


def list_classes(root: Path, at_least: int = 2) -> Listing:
    """List the pictures of `root` without opening one.

    Pictures may lie deeper inside a class folder. Hidden files, litter of network drives and files
    that are not pictures are left out in silence; links are followed and each real file is listed
    once. Classes with fewer than `at_least` pictures are left out and listed.
    Raises SettingsError that says which layout is wanted.
    """
    found = scan(root, ScanConfig())
    loose = [file for file in found.files if "/" not in file.path]
    inside = [file for file in found.files if "/" in file.path]
    odd = [file.path for file in inside if _CONTROL.search(file.path)]
    inside = [file for file in inside if not _CONTROL.search(file.path)]
    counts = Counter(class_of(file.path) for file in inside)
    _check_layout(root, inside, loose, counts)
    skipped = [(problem.path or str(root), problem.reason) for problem in found.problems]
    skipped += [(file.path, "not in a class folder") for file in loose]
    skipped += [(path, ODD_NAME) for path in odd]
    skipped += [(name, "a class without pictures") for name in _folders(root) - counts.keys()]
    few = sorted(name for name, count in counts.items() if count < at_least)
    skipped += [(name, "a class with one picture only") for name in few]
    files = [file for file in inside if counts[class_of(file.path)] >= at_least]
    files.sort(key=lambda file: (class_of(file.path), file.path))
    classes = tuple(sorted(counts.keys() - set(few)))
    if len(classes) < 2:
        raise SettingsError(
            f"{root}: of {len(counts)} classes {len(few)} have one picture only; "
            "at least 2 classes with 2 pictures or more are needed"
        )
    return Listing(root, tuple(files), classes, tuple(sorted(skipped)))


def _check_layout(
    root: Path, inside: list[PhotoFile], loose: list[PhotoFile], counts: Counter[str]
) -> None:
    name = root.resolve().name
    example = f"{name}/Ada/Ada_0001.jpg"
    if loose and not inside:
        raise SettingsError(
            f"{root}: its pictures lie directly in it; put those of each class (each person) into "
            f"a folder of their own, such as {example}"
        )
    if not inside:
        raise SettingsError(
            f"{root}: no pictures found; wanted is a folder for each class, such as {example}"
        )
    if all(part.lower() in PARTS for part in counts):
        part = max(counts, key=lambda p: (p.lower().startswith("train"), p))
        raise SettingsError(
            f"{root} holds parts of a set ({', '.join(sorted(counts))}), not classes; "
            f"give one of them: {root / part}"
        )
    if len(counts) == 1:
        [only] = counts
        deeper = len({file.path.split("/")[1] for file in inside if file.path.count("/") > 1}) > 1
        advice = f"; did you mean {root / only}?" if deeper else ", such as " + example
        raise SettingsError(
            f"{root}: holds one class only ({only}), but 2 class folders are needed" + advice
        )


def _folders(root: Path) -> set[str]:
    """The folders right in `root` that are not hidden."""
    with os.scandir(root) as entries:
        return {e.name for e in entries if e.name[0] not in ".@#$" and e.is_dir()}
