"""Runs of `group`, and what their results are compared by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from facecluster.config import (
    ClusterConfig,
    Link,
    Method,
    OutputConfig,
    Settings,
)
from facecluster.report.records import Report

Group = Callable[..., Report]


def to(out: Path, method: Method = "agglomerative", link: Link = "none", **rest: Any) -> Settings:
    return Settings(
        cluster=ClusterConfig(method=method), output=OutputConfig(out, link=link), **rest
    )


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All files with what they hold and when they were written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """All files and links, with what they hold and when they were written; none is followed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path.relative_to(folder))] = (data, about.st_mode, about.st_mtime_ns)
    return found


def people(report: Report) -> list[set[str]]:
    """The photos of each person."""
    faces = report.faces
    return [{faces[i].photo for i in person.faces} for person in report.people]


def partition(report: Report) -> set[frozenset[tuple[str, str]]]:
    """Which faces are together, in words that survive a new name: digest of the photo and box."""
    digest = {photo.path: photo.digest for photo in report.photos}
    faces = [(digest[f.photo], str(f.box)) for f in report.faces]
    return {frozenset(faces[i] for i in person.faces) for person in report.people}
