"""The results that a command speaks of: where they lie, the newest report, people.toml."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import click

from facecluster.check.folder import results_of
from facecluster.errors import SettingsError
from facecluster.identity import FaceKey
from facecluster.library.people.document import load
from facecluster.library.people.records import People
from facecluster.library.people.same_face import is_same, shared
from facecluster.output.private import FOLDER
from facecluster.photos.image_hash import image_hash
from facecluster.photos.read import digest
from facecluster.report.document import read_report
from facecluster.report.records import Face, Photo, Report


class Results:
    """One output folder, of which each part is read when it is first asked for.

    given: the folder as the user wrote it. out: the output folder. named: whether the user named
    it, too.
    """

    def __init__(self, given: Path, out: Path, named: bool = False) -> None:
        self.given, self.out, self._named = given, out, named

    def command(self, *words: object) -> str:
        """`facecluster people`, with these words, as the user may type it."""
        place = [] if self.given == Path() else [str(self.given)]
        place += ["--out", str(self.out)] if self._named else []
        return f"`{shlex.join(['facecluster', 'people', *place, *map(str, words)])}`"

    @cached_property
    def people(self) -> People:
        """What people.toml says. Raises FaceclusterError where it is damaged."""
        return load(self.out)

    @cached_property
    def report(self) -> Report:
        """Of the newest run. Raises ReportError, and SettingsError for one without face keys."""
        report = read_report(self.out / "report.json")
        if any(not face.key for face in report.faces):
            raise SettingsError(
                f"{self.out / 'report.json'}: written by an earlier facecluster, which did not "
                f"say which face is which; run `facecluster group {report.root}` once"
            )
        return report

    @cached_property
    def photos(self) -> dict[str, Photo]:
        """By path."""
        return {photo.path: photo for photo in self.report.photos}

    @cached_property
    def keys(self) -> list[FaceKey]:
        """Of each face of the report."""
        return [FaceKey.parse(face.key) for face in self.report.faces]

    @cached_property
    def _by_image(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, key in enumerate(self.keys):
            rows.setdefault(key.image, []).append(row)
        return rows

    def face(self, key: FaceKey) -> Face | None:
        """The face of the report that `key` speaks of, None where the photo is not there."""
        rows = self._by_image.get(key.image, [])
        best = max(rows, key=lambda row: shared(self.keys[row], key), default=None)
        if best is None or not is_same(self.keys[best], key):
            return None
        return self.report.faces[best]

    def key(self, face: Face) -> FaceKey:
        return self.keys[face.id]

    def image(self, photo: Photo) -> str:
        """Which picture the photo is. Raises SettingsError where its file is not as it was read."""
        if photo.faces:
            return self.keys[photo.faces[0]].image
        path = os.path.join(self.report.root, photo.path)
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror or error})") from error
        if digest(data) != photo.digest:
            raise SettingsError(f"{path}: was changed since the newest run; group once more first")
        return image_hash(data)

    def missing(self, keys: Iterable[FaceKey]) -> list[FaceKey]:
        """Those that no face of the report is."""
        return [key for key in keys if self.face(key) is None]


def results_for(ctx: click.Context) -> Results:
    """The results that the command of this context speaks of. Raises SettingsError."""
    assert ctx.parent is not None
    given: Path = ctx.parent.params["photos"]
    out: Path | None = ctx.params.get("out") or ctx.parent.params.get("out")
    if out is None:
        return Results(given, results_of(given))
    if not os.path.isdir(out / FOLDER):
        raise SettingsError("output.folder", "it holds no results of facecluster", out)
    return Results(given, out, named=True)
