"""Which photos are one photo in several files: resized, edited, and sent by messengers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.copies.faces import SameFaces, copies, same_faces
from facecluster.cluster.copies.hashes import near_hashes
from facecluster.cluster.tuning import DEFAULT, CopyTuning
from facecluster.records import HASH_BYTES, Copies, FaceTable, Ints, PhotoRow


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
    shared = same_faces(faces, extents, rows[one], rows[other], tuning.place)
    sure = copies(shared, bits, distance, tuning)
    pixels = extents.astype(np.int64).prod(axis=1)[rows]
    stands = _standing(one[sure], other[sure], pixels)
    picture = np.arange(len(photos), dtype=np.int32)
    picture[rows] = rows[stands]
    wanted = sure & (stands[one] == stands[other])
    return Copies(
        picture=first_face[picture[faces.photo]],
        sight=_sights(shared, wanted[shared.pair], faces.photo),
    )


def _first_faces(photo: Ints, count: int) -> Ints:
    """The first face of each of `count` photos, int32 [P]; -1 without one."""
    first = np.full(count, -1, np.int32)
    first[photo[::-1]] = np.arange(len(photo), dtype=np.int32)[::-1]
    return first


def _standing(one: Ints, other: Ints, pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each picture the one that it is a copy of, itself without one; int64 [P].

    one, other: int32 [Q], pairs of copies. The picture with the most copies takes them all, then
    the next of those that are left, and so on; of equals the largest in px, then the first.
    """
    stands = np.arange(len(pixels))
    of = {row: list(pairs) for row, pairs in _partners(one, other)}
    free = set(of)
    for row in sorted(of, key=lambda row: (-len(of[row]), -pixels[row], row)):
        if row not in free:
            continue
        taken = free.intersection(of[row])
        stands[list(taken)] = row
        free -= taken | {row}
    return stands


def _partners(one: Ints, other: Ints) -> list[tuple[int, list[int]]]:
    """By row, those that it makes a pair with."""
    both = sorted([*zip(one.tolist(), other.tolist(), strict=True),
                   *zip(other.tolist(), one.tolist(), strict=True)])  # fmt: skip
    return [(row, [b for _, b in pairs]) for row, pairs in groupby(both, key=lambda pair: pair[0])]


def _sights(shared: SameFaces, wanted: NDArray[np.bool_], photo: Ints) -> Ints:
    """Faces that are one face in several copies get the number of the first of them; int32 [N].

    wanted: bool [M], which of the shared faces are in copies. photo: int32 [N]. The nearest come
    together first, and never two of one photo.
    """
    sight = np.arange(len(photo), dtype=np.int32)
    order = np.lexsort((shared.other, shared.one, shared.distance))
    order = order[wanted[order]]
    members: dict[int, list[int]] = {}
    for one, other in zip(shared.one[order].tolist(), shared.other[order].tolist(), strict=True):
        a, b = sorted((int(sight[one]), int(sight[other])))
        left, right = members.get(a, [a]), members.get(b, [b])
        if a == b or set(photo[left].tolist()) & set(photo[right].tolist()):
            continue
        members[a] = left + right
        sight[right] = a
    return sight
