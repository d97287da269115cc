"""The values that travel between the stages: validated arrays with their shapes written down.

Coordinates are in px of the upright photo at its full size, origin at the top left corner.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Pixels = NDArray[np.uint8]
HASH_BYTES = 32  # of a picture hash (photos/picture_hash.py)


def _expect(name: str, array: NDArray[np.generic], shape: tuple[int | None, ...]) -> None:
    """Raise ValueError unless `array` has `shape` (None stands for any length)."""
    fits = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "[" + ", ".join("any" if s is None else str(s) for s in shape) + "]"
        raise ValueError(f"{name}: expected shape {wanted}, got {list(array.shape)}")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file that the scan found: `path` is relative to the photo folder, with `/`.

    mtime_ns, ctime_ns: when its content, and when anything of it, was changed. All numbers fit
    64 bits, as the index keeps them; times before 1678 and after 2262 are wrapped. link: that it
    is a second way to a file that was found, too.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0
    link: bool = False

    @classmethod
    def of(cls, path: str, status: os.stat_result) -> PhotoFile:
        """As the system describes it, however odd that is."""
        numbers = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        mtime_ns, ctime_ns, inode = map(_in_64_bits, numbers)
        return cls(path, max(status.st_size, 0), mtime_ns, ctime_ns, inode)

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


def _in_64_bits(number: int) -> int:
    """The number where it fits a signed integer of 64 bits, else one that differs as it does."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded photo, upright.

    pixels: uint8 [h, w, 3] RGB, possibly smaller than the photo (scaled decode).
    width, height: the upright photo at its full size, in px.
    orientation: the EXIF orientation 1..8 that has been applied already.
    taken: capture time as ISO 8601 without zone (`2019-07-21T18:03:55`), None when unknown.
    """

    pixels: Pixels
    width: int
    height: int
    orientation: int = 1
    taken: str | None = None

    def __post_init__(self) -> None:
        _expect("pixels", self.pixels, (None, None, 3))
        if self.pixels.dtype != np.uint8:
            raise ValueError(f"pixels: expected uint8, got {self.pixels.dtype}")

    @property
    def scale(self) -> tuple[float, float]:
        """Photo px per decoded px, along x and y."""
        return self.width / self.pixels.shape[1], self.height / self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Detections:
    """The faces of one picture, best score first.

    boxes: float32 [N, 4] x, y, width, height. landmarks: float32 [N, 5, 2] x, y of the subject's
    right eye, left eye, nose tip, right and left mouth corner. scores: float32 [N] in 0..1.
    """

    boxes: Floats
    landmarks: Floats
    scores: Floats

    def __post_init__(self) -> None:
        n = len(self.scores)
        _expect("scores", self.scores, (n,))
        _expect("boxes", self.boxes, (n, 4))
        _expect("landmarks", self.landmarks, (n, 5, 2))

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class FaceBatch:
    """What one photo gave: its detections with an embedding each.

    clarity: float32 [N, 3], sharpness and contrast of the crop, and the share of it that lies
    inside the photo (faces/quality.py).
    consistency: float32 [N], cosine between the embeddings of a crop and of its mirror image, lower
        where the model says that the crop is unlike what it was made for.
    embeddings: float32 [N, D], rows as long as the scale of the face (distances.py), mostly 1.
    """

    detections: Detections
    clarity: Floats
    consistency: Floats
    embeddings: Floats

    def __post_init__(self) -> None:
        n = len(self.detections)
        _expect("clarity", self.clarity, (n, 3))
        _expect("consistency", self.consistency, (n,))
        _expect("embeddings", self.embeddings, (n, None))

    def __len__(self) -> int:
        return len(self.detections)


class Status(StrEnum):
    """What became of a photo."""

    GROUPED = "grouped"  # at least one face belongs to a person
    UNSURE = "unsure"  # it has faces worth grouping, but none could be placed
    POOR = "poor"  # its faces are all too small or too poor
    NO_FACE = "no face"
    DUPLICATE = "duplicate"  # the same picture as another photo, which stands for both
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Why a face belongs to no person."""

    PLACED = ""
    SMALL = "too small"  # below `cluster.min_face`: left out of everything
    POOR = "too poor"  # it may not build people, and no person is near enough
    ALONE = "alone"  # nobody else looks like it in enough photos
    TWICE = "twice"  # its person is in the same photo already
    IGNORED = "ignored"  # somebody said so: a stranger, or no face


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo of the library, after reading: `problem` says why it could not be read.

    `duplicate_of` is the path of the photo with the same bytes that stands for this one.
    picture_hash: HASH_BYTES bytes (photos/picture_hash.py), empty where there is none. image: which
    picture this is, 32 hexadecimal digits, whatever is written beside its pixels; empty where the
    bytes could not be had. orientation: EXIF 1..8, applied to width and height already. content:
    what the index and thumbnails call it; empty where that is the digest.
    """

    path: str
    digest: str
    size: int
    width: int = 0
    height: int = 0
    taken: str | None = None
    problem: str | None = None
    duplicate_of: str | None = None
    picture_hash: bytes = b""
    image: str = ""
    orientation: int = 1
    content: str = ""

    @property
    def key(self) -> str:
        """What the index and thumbnails call what was seen in the picture."""
        return self.content or self.digest


@dataclass(frozen=True, slots=True)
class FaceTable:
    """Every face of a library, in an order that depends on the photos' bytes alone.

    photo: int32 [N], row in the list of photos. ordinal: int32 [N], which face of that photo.
    boxes [N, 4], landmarks [N, 5, 2], scores [N], clarity [N, 3], consistency [N],
    embeddings [N, D]: float32, as in Detections and FaceBatch.
    """

    photo: Ints
    ordinal: Ints
    boxes: Floats
    landmarks: Floats
    scores: Floats
    clarity: Floats
    consistency: Floats
    embeddings: Floats

    def __post_init__(self) -> None:
        n = len(self.photo)
        for name in ("photo", "ordinal", "scores", "consistency"):
            _expect(name, getattr(self, name), (n,))
        _expect("boxes", self.boxes, (n, 4))
        _expect("landmarks", self.landmarks, (n, 5, 2))
        _expect("clarity", self.clarity, (n, 3))
        _expect("embeddings", self.embeddings, (n, None))

    def __len__(self) -> int:
        return len(self.photo)

    @property
    def sizes(self) -> Floats:
        """float32 [N], the shorter side of each face box in photo px."""
        sizes: Floats = self.boxes[:, 2:].min(axis=1)
        return sizes


@dataclass(frozen=True, slots=True)
class Copies:
    """Which faces are in copies of one photo: resized, edited, sent (cluster/copies/find.py).

    picture: int32 [N], equal for all faces in a photo and its copies. sight: int32 [N], equal for
    the same face in them. Both are the number of one of these faces.
    """

    picture: Ints
    sight: Ints

    def __post_init__(self) -> None:
        _expect("picture", self.picture, (None,))
        _expect("sight", self.sight, (len(self.picture),))


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a grouping is, as chances in 0..1 (cluster/confidence/chances.py).

    faces: float32 [N], that a face is of its person; nan where it was not placed. people:
    float32 [K], that a person is one person. pairs: int32 [Q, 2], people who may be one, the
    surest first; same: float32 [Q], that they are.
    """

    faces: Floats
    people: Floats
    pairs: Ints
    same: Floats

    def __post_init__(self) -> None:
        _expect("faces", self.faces, (None,))
        _expect("people", self.people, (None,))
        _expect("pairs", self.pairs, (len(self.same), 2))


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who is who. People are numbered from 0, the one in most photos first.

    labels: int32 [N], the person, or -1. reasons: N `Reason`s, PLACED where labels >= 0.
    nearest: int32 [N], the person whose centre is nearest (the own one when placed), -1 if nobody.
    distance: float32 [N], cosine distance to that centre, nan if nobody.
    quality: float32 [N] in 0..1. core: bool [N], faces that were good enough to build people.
    notes: sentences for the user, such as how the number of people was chosen.
    threshold: the cosine distance within which a face joined a person. confidence, copies: None
    where nobody asked for them.
    """

    labels: Ints
    reasons: tuple[Reason, ...]
    nearest: Ints
    distance: Floats
    quality: Floats
    core: NDArray[np.bool_]
    threshold: float
    notes: tuple[str, ...] = ()
    confidence: Confidence | None = None
    copies: Copies | None = None

    def __post_init__(self) -> None:
        n = len(self.labels)
        for name in ("labels", "nearest", "distance", "quality", "core"):
            _expect(name, getattr(self, name), (n,))
        if len(self.reasons) != n:
            raise ValueError(f"reasons: expected {n}, got {len(self.reasons)}")

    @property
    def people(self) -> int:
        return int(self.labels.max(initial=-1)) + 1
