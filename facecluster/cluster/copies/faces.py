"""The second opinion on pictures that look alike: do they show the same face at the same place?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.tuning import DEFAULT, CopyTuning
from facecluster.distances import lengths
from facecluster.records import FaceTable, Floats, Ints


@dataclass(frozen=True, slots=True)
class SameFaces:
    """Faces that two pictures show at the same place, each with one of the other picture at most.

    pair: integers [M], which pair of pictures. one, other: integers [M], the faces. distance:
    float32 [M], cosine, of their embeddings. shape: float32 [M], by how much landmarks are
    elsewhere among each other, in sizes of the face. size: float32 [M], px of the smaller one.
    """

    pair: NDArray[np.integer]
    one: NDArray[np.integer]
    other: NDArray[np.integer]
    distance: Floats
    shape: Floats
    size: Floats


def same_faces(
    faces: FaceTable, extents: Floats, first: Ints, second: Ints, place: float
) -> SameFaces:
    """The faces that pairs of photos share, as far as one can tell by where they are.

    extents: float32 [P, 2], width and height of the photos in px. first, second: int32 [Q], rows of
    photos. place: of the picture's sides, by which landmarks may be elsewhere.
    """
    order = np.argsort(faces.photo, kind="stable")
    counts = np.bincount(faces.photo, minlength=len(extents))
    starts = np.cumsum(counts) - counts
    pair, left, right = _all_combinations(counts[first], counts[second])
    one, other = order[starts[first[pair]] + left], order[starts[second[pair]] + right]
    sides: Floats = np.maximum(extents, 1)[faces.photo]
    places: Floats = faces.landmarks / sides[:, None]
    apart = np.abs(places[one] - places[other]).max(axis=(1, 2))
    near = apart <= place
    pair, one, other, apart = pair[near], one[near], other[near], apart[near]
    mutual = _nearest(pair, one, apart) & _nearest(pair, other, apart)
    pair, one, other = pair[mutual], one[mutual], other[mutual]
    return SameFaces(
        pair,
        one,
        other,
        distance=_cosine_distances(faces.embeddings[one], faces.embeddings[other]),
        shape=_shape(places, extents, faces, one, other),
        size=np.minimum(faces.sizes[one], faces.sizes[other]),
    )


def copies(
    found: SameFaces, bits: Ints, distance: float, tuning: CopyTuning = DEFAULT.copies
) -> NDArray[np.bool_]:
    """Which pairs of pictures are copies of each other, bool [Q].

    bits: int32 [Q], in how many their hashes differ. distance: the model's cosine distance for
    grouping. Most faces that both show must be as near as the same pixels in another size bring
    them, and there must be one.
    """
    size = np.maximum(found.size, 1)
    differ = bits[found.pair]
    wider = np.where(differ <= tuning.sure, tuning.wider, 1.0)
    left = wider * (1 - differ / tuning.bits)
    odd = found.distance > distance * (tuning.near + tuning.near_px / size) * left
    odd |= found.shape > (tuning.shape + tuning.shape_px / size) * wider
    shared = np.bincount(found.pair, minlength=len(bits))
    unlike = np.bincount(found.pair[odd], minlength=len(bits))
    return np.asarray((unlike < shared) & (unlike <= tuning.odd * shared))


def _cosine_distances(one: Floats, other: Floats) -> Floats:
    """Of pairs, whatever the scale of the faces: the same pixels are as near for everybody."""
    cosines = np.einsum("md,md->m", one, other) / (lengths(one) * lengths(other))
    return np.asarray(1 - cosines, np.float32)


def _shape(
    places: Floats,
    extents: Floats,
    faces: FaceTable,
    one: NDArray[np.integer],
    other: NDArray[np.integer],
) -> Floats:
    """By how much the landmarks of each pair are elsewhere among each other, in sizes of the face
    in the first picture, at whose scale both are seen. places: float32 [N, 5, 2], in 0..1."""
    moved = places[other] - places[one]
    moved = (moved - moved.mean(axis=1, keepdims=True)) * extents[faces.photo[one], None]
    shape: Floats = np.abs(moved).max(axis=(1, 2)) / np.maximum(faces.sizes[one], 1)
    return shape


def _all_combinations(
    one: NDArray[np.int64], other: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each pair of counts all pairs of numbers below them: the pair, and the two numbers."""
    many = one * other
    pair = np.repeat(np.arange(len(many)), many)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
    return pair, *np.divmod(step, np.maximum(other, 1)[pair])


def _nearest(pair: NDArray[np.int64], face: NDArray[np.int64], apart: Floats) -> NDArray[np.bool_]:
    """Where each face of each pair finds the one that is least apart."""
    order = np.lexsort((np.arange(len(pair)), apart, face, pair))
    same = (np.diff(pair[order]) == 0) & (np.diff(face[order]) == 0)
    found = np.zeros(len(pair), bool)
    found[order[np.concatenate([[True], ~same])[: len(order)]]] = True
    return found
