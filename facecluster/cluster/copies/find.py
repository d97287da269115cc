"""Which photos are one photo in several files: resized, edited, and sent by messengers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.copies.faces import copies, same_faces
from facecluster.cluster.copies.hashes import Pairs, near_hashes
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.tuning import DEFAULT, CopyTuning
from facecluster.records import HASH_BYTES, Copies, FaceTable, Floats, Ints, PhotoRow

Rows = NDArray[np.int64]


def find_copies(
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    distance: float,
    tuning: CopyTuning = DEFAULT.copies,
) -> Copies:
    """Compare the photos that have faces and a hash. distance: the model's, cosine, for grouping.

    Each set of copies has one that all others are copies of, so that nothing drifts from one to the
    next until the ends are different photos. The result depends neither on
    the order of the photos nor on their names.
    """
    first_face = _first_faces(faces.photo, len(photos))
    rows = np.array(
        [i for i, photo in enumerate(photos) if photo.picture_hash and first_face[i] >= 0], np.int32
    )
    rows = rows[np.argsort(first_face[rows])]  # by digest, as faces are
    codes = b"".join(photos[row].picture_hash for row in rows)
    one, other, bits = near_hashes(np.frombuffer(codes, np.uint8).reshape(-1, HASH_BYTES), tuning)
    extents = np.array([(photo.width, photo.height) for photo in photos], np.float32).reshape(-1, 2)
    parts = [
        _compared(faces, extents, rows, (one[part], other[part], bits[part]), distance, tuning)
        for part in blocks(max(len(one), 1), tuning.pairs)
    ]
    one, other, left, right, gap = (np.concatenate(column) for column in zip(*parts, strict=True))
    pixels = extents.astype(np.int64).prod(axis=1)[rows]
    stands = _standing(one, other, pixels)
    picture = np.arange(len(photos), dtype=np.int32)
    picture[rows] = rows[stands]
    # To the one that all stand by; among each other only where they are few.
    wanted = (stands[one] == other) | (stands[other] == one)
    few = np.bincount(stands, minlength=len(rows)) <= tuning.few
    wanted |= (stands[one] == stands[other]) & few[stands[one]]
    return Copies(
        picture=first_face[picture[faces.photo]],
        sight=_sights(left[wanted], right[wanted], gap[wanted], faces.photo),
    )


def _compared(
    faces: FaceTable,
    extents: Floats,
    rows: Ints,
    near: Pairs,
    distance: float,
    tuning: CopyTuning,
) -> tuple[Ints, Ints, Rows, Rows, Floats]:
    """For each face that two copies share: the copies, the face in each, and the cosine distance.

    near: pairs of pictures as numbers of `rows`, which are rows of photos, and their bits.
    """
    one, other, bits = near
    shared = same_faces(faces, extents, rows[one], rows[other], tuning.place)
    sure = copies(shared, bits, distance, tuning)[shared.pair]
    pair = shared.pair[sure]
    return one[pair], other[pair], shared.one[sure], shared.other[sure], shared.distance[sure]


def _first_faces(photo: Ints, count: int) -> Ints:
    """The first face of each of `count` photos, int32 [P]; -1 without one."""
    first = np.full(count, -1, np.int32)
    first[photo[::-1]] = np.arange(len(photo), dtype=np.int32)[::-1]
    return first


def _standing(one: Ints, other: Ints, pixels: NDArray[np.int64]) -> Rows:
    """For each picture the one that it is a copy of, itself without one; int64 [P].

    one, other: int32 [Q], pairs of copies. The picture with the most copies takes them all, then
    the next of those that are left, and so on; of equals the largest in px, then the first.
    """
    count = len(pixels)
    ends = np.concatenate([one, other]).astype(np.int64)
    keys = np.unique(ends * count + np.concatenate([other, one]))
    row, partner = np.divmod(keys, max(count, 1))
    many = np.bincount(row, minlength=count)
    starts = np.cumsum(many) - many
    stands, free = np.arange(count), np.ones(count, bool)
    for best in np.lexsort((np.arange(count), -pixels, -many)).tolist():
        if not many[best]:
            break
        if free[best]:
            own = partner[starts[best] : starts[best] + many[best]]
            stands[own[free[own]]] = best
            free[own] = free[best] = False
    return stands


def _sights(one: Rows, other: Rows, gap: Floats, photo: Ints) -> Ints:
    """Faces that are one face in several copies get the number of the first of them; int32 [N].

    one, other: int64 [M], faces that copies share, gap apart. photo: int32 [N]. The nearest come
    together first, and never two of one photo.
    """
    sight = np.arange(len(photo), dtype=np.int32)
    order = np.lexsort((other, one, gap))
    members: dict[int, list[int]] = {}
    held: dict[int, set[int]] = {}  # photos
    for pair in zip(one[order].tolist(), other[order].tolist(), strict=True):
        few, many = sorted(
            (int(sight[face]) for face in pair), key=lambda group: len(members.get(group, ()))
        )
        if few == many:
            continue
        joining = members.get(few, [few])
        photos = held.setdefault(many, {int(photo[many])})
        if photos.isdisjoint(photo[joining].tolist()):
            photos.update(photo[joining].tolist())
            members.setdefault(many, [many]).extend(joining)
            sight[joining] = many
    _, first, group = np.unique(sight, return_index=True, return_inverse=True)
    numbered: Ints = first[group.ravel()].astype(np.int32)
    return numbered
