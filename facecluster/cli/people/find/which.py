"""Which face is meant: by its number in the report, by its photo, by our copy of it, by its key."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from facecluster.cli.people.find.everybody import Somebody
from facecluster.cli.people.find.results import Results
from facecluster.cli.people.find.who import Who
from facecluster.errors import SettingsError
from facecluster.identity import FaceKey
from facecluster.output.folders.manifest import load
from facecluster.report.records import Face, Photo

LISTED: Final = 12  # faces in one sentence
_NUMBER = re.compile(r"(?:face-)?([0-9]{1,9})", re.ASCII)
_ORDINAL = re.compile(r"(.+)#([0-9]{1,6})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A face that a user means. face: None where its photo is not there. path: of its photo."""

    key: FaceKey
    face: Face | None
    path: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A photo that a path leads to. folder: that of our copy, such as `people/Zoë`, if it does."""

    photo: Photo
    folder: str | None = None


class Which:
    """The faces of the newest report, to be found by what a user writes."""

    def __init__(self, results: Results, who: Who) -> None:
        self._results, self._who = results, who

    def find(self, texts: Sequence[str], somebody: Somebody | None = None) -> list[Chosen]:
        """The face that each text means; with `somebody` a photo means the one of that person.

        Raises SettingsError for what is no face, or may be several.
        """
        found = [self._one(text, somebody) for text in texts]
        return list({chosen.key: chosen for chosen in found}.values())

    def photo(self, text: str) -> Photo:
        """The photo at a path. Raises SettingsError where the newest run saw none."""
        place = self._place(text)
        if place is None:
            raise SettingsError(
                f"{text}: no photo of the newest run; give a path inside "
                f"{self._results.report.root}"
            )
        return place.photo

    def is_place(self, text: str) -> bool:
        """Whether the text leads to a photo, whatever it shows."""
        match = _ORDINAL.fullmatch(text)
        return any(self._place(path) for path in (text, *([match[1]] if match else [])))

    def _one(self, text: str, somebody: Somebody | None) -> Chosen:
        if "@" in text:
            try:
                return self._by_key(FaceKey.parse(text))
            except ValueError:  # a path may have the letter, too
                pass
        if match := _NUMBER.fullmatch(text):
            return self._by_number(int(match[1]))
        place = self._place(text)
        if place is not None:
            return self._chosen(self._in_photo(text, place, somebody))
        if (match := _ORDINAL.fullmatch(text)) and (place := self._place(match[1])) is not None:
            return self._chosen(self._by_ordinal(match[1], place.photo, int(match[2])))
        raise SettingsError(
            f"{text}: no face; give its number in the report, the path of its photo (#2 behind it "
            "for the second from the left), or that of a file in the folders of people"
        )

    def _chosen(self, face: Face) -> Chosen:
        return Chosen(self._results.key(face), face, face.photo)

    def _by_key(self, key: FaceKey) -> Chosen:
        face = self._results.face(key)
        if face is not None:
            return self._chosen(face)
        return Chosen(key, None, self._results.people.paths.get(key))

    def _by_number(self, number: int) -> Chosen:
        faces = self._results.report.faces
        if number >= len(faces):
            raise SettingsError(
                f"there is no face {number}: the newest report has faces 0 to {len(faces) - 1}"
                if faces
                else f"there is no face {number}: the newest report has none"
            )
        return self._chosen(faces[number])

    def _by_ordinal(self, path: str, photo: Photo, number: int) -> Face:
        faces = self._faces_in(photo)
        if not 1 <= number <= len(faces):
            raise SettingsError(f"{path}#{number}: {_shows(photo, faces)}")
        return faces[number - 1]

    def _in_photo(self, text: str, place: _Place, somebody: Somebody | None) -> Face:
        """The face of a photo that is meant when none of them is named."""
        faces = self._faces_in(place.photo)
        for group in self._candidates(place, faces, somebody):
            if len(group) == 1:
                return group[0]
        advice = "" if not faces else f"; say which by its number, or as {text}#1 and so on"
        asked = "" if text == place.photo.path else f"{text}: "
        raise SettingsError(f"{asked}{_shows(place.photo, faces)}{advice}")

    def _candidates(
        self, place: _Place, faces: Sequence[Face], somebody: Somebody | None
    ) -> Iterator[Sequence[Face]]:
        """Faces that may be meant, the likeliest first: of our folder, of the person, or all."""
        if place.folder is not None:  # one that is no person's holds faces of nobody
            of = self._people_of_folders.get(place.folder)
            if of is not None or not place.folder.startswith("people/"):
                yield [face for face in faces if self._persons.get(face.id) == of]
        if somebody is not None:
            own = [face for face in faces if self._persons.get(face.id) == somebody.id]
            yield own
            if own:
                return  # several faces of one person: it takes a number
        yield faces

    def _faces_in(self, photo: Photo) -> list[Face]:
        """From the left to the right."""
        faces = self._results.report.faces
        return sorted((faces[number] for number in photo.faces), key=lambda f: (f.box[0], f.id))

    @cached_property
    def _persons(self) -> dict[int, int]:
        return dict(self._who.face_to_person())

    @cached_property
    def _people_of_folders(self) -> dict[str, int]:
        people = self._who.everybody.values()
        return {s.folder: s.id for s in people if s.folder is not None}

    def _place(self, text: str) -> _Place | None:
        """What lies at a path: from the photo folder, from here, or in our folders."""
        root, out = Path(self._results.report.root), self._results.out
        names = [text, *_inside(text, root)]
        for name in names:
            if (photo := self._photo(name)) is not None:
                return _Place(photo)
        for name in (text, *_inside(text, out)):
            source = self._sources.get(os.path.normpath(name).replace(os.sep, "/"))
            if source is not None and (photo := self._photo(source)) is not None:
                return _Place(photo, "/".join(os.path.normpath(name).split(os.sep)[:2]))
        return None

    def _photo(self, path: str) -> Photo | None:
        """The photo that stands for the bytes at `path`."""
        plain = path.replace(os.sep, "/")
        forms = (plain, *(unicodedata.normalize(form, plain) for form in ("NFC", "NFD")))
        photos = self._results.photos
        photo = next((photos[form] for form in forms if form in photos), None)
        if photo is not None and photo.duplicate_of is not None:
            return photos.get(photo.duplicate_of, photo)
        return photo

    @cached_property
    def _sources(self) -> dict[str, str]:
        return {entry.path: entry.source for entry in load(self._results.out).files}


def _inside(text: str, folder: Path) -> Iterator[str]:
    """The path as seen from `folder`, where it leads into it from here."""
    path = os.path.expanduser(text)
    for form in (os.path.abspath, os.path.realpath):
        own, above = form(path), form(folder)
        if own.startswith(above + os.sep):
            yield own[len(above) + 1 :]


def _shows(photo: Photo, faces: Sequence[Face]) -> str:
    """How many faces a photo shows, and which."""
    if not faces:
        return f"{photo.path} shows no face that was found"
    listed = [f"{f.id} at {','.join(f'{round(v)}' for v in f.box)}" for f in faces[:LISTED]]
    more = f" and {len(faces) - LISTED} more" if len(faces) > LISTED else ""
    count = "one face" if len(faces) == 1 else f"{len(faces)} faces"
    return f"{photo.path} shows {count}: {', '.join(listed)}{more}"
