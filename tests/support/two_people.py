"""An output folder with two people, whose photos are files that nobody looks into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from click.testing import Result

from facecluster.config import OutputConfig
from facecluster.output.write import write_all
from facecluster.records import PhotoRow, Reason
from tests.support.made_albums import RUN, Album, make_faces, make_grouping, make_photo

PATHS = ("a.jpg", "b.jpg", "both.jpg", "c.jpg", "d.jpg", "sub/e.jpg", "sea.jpg")
# Photo and person of each face; both.jpg shows both, and a.jpg somebody else, too.
FACES = ((0, 0), (0, -1), (1, 0), (2, 1), (2, 0), (3, 1), (4, 1), (5, -1))
Say = Callable[..., Result]


def make_results(folder: Path) -> Album:
    """Photos, and Photos-people with a report of them; again/a.jpg has the bytes of a.jpg."""
    root = folder / "Photos"
    root.mkdir()
    photos = [with_image(make_photo(root, path)) for path in PATHS]
    again = with_image(make_photo(root, "again/a.jpg", f"photo {'a.jpg'!a}"))
    photos.append(replace(again, duplicate_of="a.jpg"))
    faces = make_faces([photo for photo, _ in FACES])
    right = faces.ordinal == 1
    boxes = np.where(right[:, None], (200, 60, 40, 50), (20, 30, 60, 70)).astype(np.float32)
    reasons = [Reason.ALONE if person < 0 else Reason.PLACED for _, person in FACES]
    grouping = make_grouping([person for _, person in FACES], reasons)
    album = Album(root, root.with_name("Photos-people"), photos, faces, grouping)
    album = replace(album, faces=replace(faces, boxes=boxes))
    found = album.photos, album.faces, album.grouping
    write_all(album.out, album.root, *found, RUN, OutputConfig())
    return album


def with_image(photo: PhotoRow) -> PhotoRow:
    return replace(photo, image=photo.digest)
