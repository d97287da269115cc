"""Faces that no detector found and a user drew."""

from __future__ import annotations

import numpy as np

from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.everybody import Somebody
from facecluster.cli.people.find.who import number_of
from facecluster.cli.people.work.on_people import checked_name
from facecluster.errors import SettingsError
from facecluster.identity import FaceKey, stored_boxes
from facecluster.library.people import changes
from facecluster.report.records import Photo

Box = tuple[float, float, float, float]


def added(desk: Desk, path: str, box: Box, name: str) -> Outcome:
    """A face at `box` (x, y, width, height in px of the upright photo) of the person `name`, who
    is new where nobody is called so. Raises SettingsError."""
    photo = desk.which.photo(path)
    key = _key(desk, photo, box)
    found = desk.results.face(key)
    if found is not None:
        raise SettingsError(
            f"{photo.path}: face {found.id} was found there; "
            f"{desk.results.command('confirm', name, found.id)} says whose it is"
        )
    somebody = _somebody(desk, name)
    if somebody is not None:
        people, id, label = desk.people, somebody.id, somebody.label
    else:
        id, given = desk.new_id(desk.people), checked_name(name)
        people, label = changes.rename(desk.people, id, given), f"{given} ({id})"
    people = changes.place(changes.add(people, id, key), {key: photo.path})
    return Outcome(people, f"A face in {photo.path} is {label}.")


def _somebody(desk: Desk, name: str) -> Somebody | None:
    """The person with this number or name, None where the name is new."""
    if not name.strip():
        raise SettingsError("the name is empty; give the name of the person, or a number")
    if number_of(name) is None and not desk.who.called(name):
        return None
    return desk.who.find(name)


def _key(desk: Desk, photo: Photo, box: Box) -> FaceKey:
    """Of the face at `box` in this photo. Raises SettingsError for a box that is not in it."""
    x, y, width, height = box
    if not photo.width or not photo.height:
        raise SettingsError(f"{photo.path}: it could not be read, so nothing can be seen in it")
    inside = x + width <= photo.width and y + height <= photo.height
    if min(x, y) < 0 or min(width, height) < 1 or not inside:
        raise SettingsError(
            f"{','.join(f'{value:g}' for value in box)} is not inside {photo.path}, which is "
            f"{photo.width} x {photo.height} px when it is upright; give X,Y,WIDTH,HEIGHT in them"
        )
    stored = stored_boxes(np.array([box]), (photo.width, photo.height), photo.orientation)[0]
    left, top, wide, high = stored.tolist()
    return FaceKey.of(desk.results.image(photo), (left, top, wide, high))
