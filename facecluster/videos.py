"""Who is in a video: faces of its frames, tracked from one to the next, become one face a person.

The frames that show somebody best stand one below the other as the video's picture, so that a face
has its box there as in a photo, and two people at one place at different times have two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from facecluster.distances import paired_distances
from facecluster.embed.spec import ModelSpec
from facecluster.errors import PhotoError
from facecluster.faces.quality import FITTED_TO, quality
from facecluster.faces.thumbnail import thumbnails
from facecluster.guard.guard import Guard
from facecluster.identity import overlap
from facecluster.library.readings import Reading
from facecluster.photos.image_hash import content_id
from facecluster.photos.video.frames import SAMPLING, About, Frame, Sampling, about, frames
from facecluster.records import Detections, FaceBatch, Floats, Ints, PhotoFile, Picture

FindFaces = Callable[[Picture], FaceBatch]
Told = Callable[[float, float], None]
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Tracking:
    """When faces of two frames are one person's; set by hand.

    place: intersection over union of their boxes, in frames that follow each other in one scene.
    near: times the model's distance that they may then be apart. samples: frames that somebody must
    be in, where a video has more than `few`. best: faces that a person's embedding is the mean of.
    people: of a video, those in most frames.
    """

    place: float = 0.4
    near: float = 1.3
    samples: int = 2
    few: int = 3
    best: int = 10
    people: int = 40


TRACKING: Final = Tracking()


@dataclass(frozen=True, slots=True)
class Watched:
    """picture: the frames that stand for the faces, one below the other. faces: one a person, boxes
    in its px. taken: ISO 8601 without zone."""

    picture: Picture
    faces: FaceBatch
    taken: str | None


def file_hash(path: Path) -> str:
    """The digest of a file of any length, as photos have it. Raises PhotoError."""
    state = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                state.update(piece)
    except OSError as error:
        raise PhotoError(f"cannot read: {error.strerror or error}") from error
    return state.hexdigest()


def watch(
    path: Path,
    find: FindFaces,
    spec: ModelSpec,
    sampling: Sampling = SAMPLING,
    tracking: Tracking = TRACKING,
    told: Told | None = None,
) -> Watched:
    """The people in a video. find: the faces of a frame, with embeddings. told: hears seconds seen
    and seconds in all. Raises PhotoError for what cannot be read."""
    found = about(path, sampling)
    seen: list[Frame] = []
    batches: list[FaceBatch] = []
    for number, frame in enumerate(frames(path, found, sampling)):
        height, width = frame.pixels.shape[:2]
        faces = find(Picture(frame.pixels, width, height))
        if len(faces) or not number:
            seen.append(frame)
            batches.append(faces)
        if told is not None:
            told(frame.seconds, found.seconds)
    return _watched(found, seen, batches, spec, tracking)


def read_video(
    root: Path,
    file: PhotoFile,
    known: Collection[str],
    keep: Callable[[str, list[bytes]], None],
    guard: Guard,
    alone: bool,
    seen: Callable[[Path], Watched],
    reader: str,
) -> Reading | None:
    """A reading of a video; the arguments as of `Reader.read`. seen: watches one. reader: the id of
    who does. None for one that is to be read again when no other is in work."""
    name = ""
    try:
        name = file_hash(root / file.path)
        content = content_id(name, 1, reader)
        if content in known:
            return Reading(file, name, image=name, content=content)
        if guard.blamed(name, file.path) and not alone:
            return None
        with guard.noted(name):
            found = seen(root / file.path)
            keep(content, thumbnails(found.picture, found.faces.detections))
    except PhotoError as error:
        return Reading(file, name, problem=str(error))
    guard.clear(name)
    about = Reading(file, name, found.picture.width, found.picture.height, taken=found.taken)
    return replace(about, faces=found.faces, image=name, content=content)


def _watched(
    found: About,
    seen: Sequence[Frame],
    batches: Sequence[FaceBatch],
    spec: ModelSpec,
    tracking: Tracking,
) -> Watched:
    all_faces = _together(batches)
    frame = np.repeat(np.arange(len(batches)), [len(b) for b in batches]).astype(np.int32)
    labels = _people(all_faces, frame, seen, spec, tracking)
    trust = _quality(all_faces, spec)
    groups = _kept(labels, len(seen), tracking)
    best = [rows[np.argmax(trust[rows])] for rows in groups]
    shown = sorted({int(frame[row]) for row in best}) or [0]
    strip = np.concatenate([seen[number].pixels for number in shown])
    height, width = seen[0].pixels.shape[:2]
    place = {number: at * height for at, number in enumerate(shown)}
    down = np.array([place[int(frame[row])] for row in best], np.float32)
    rows = np.array(best, np.int64)
    boxes, landmarks = all_faces.detections.boxes[rows], all_faces.detections.landmarks[rows]
    boxes[:, 1] += down
    landmarks[:, :, 1] += down[:, None]
    faces = FaceBatch(
        Detections(boxes, landmarks, all_faces.detections.scores[rows]),
        all_faces.clarity[rows],
        all_faces.consistency[rows],
        np.stack([_mean(all_faces.embeddings, r, trust, tracking) for r in groups])
        if groups
        else all_faces.embeddings[:0],
    )
    return Watched(Picture(strip, width, len(strip)), faces, found.taken)


def _together(batches: Sequence[FaceBatch]) -> FaceBatch:
    found = [batch.detections for batch in batches]
    return FaceBatch(
        Detections(
            np.concatenate([f.boxes for f in found]),
            np.concatenate([f.landmarks for f in found]),
            np.concatenate([f.scores for f in found]),
        ),
        np.concatenate([batch.clarity for batch in batches]),
        np.concatenate([batch.consistency for batch in batches]),
        np.concatenate([batch.embeddings for batch in batches]),
    )


def _quality(faces: FaceBatch, spec: ModelSpec) -> Floats:
    found = faces.detections
    consistency = faces.consistency if spec.name in FITTED_TO else None
    sizes = found.boxes[:, 2:].min(axis=1)
    return quality(found.scores, found.landmarks, sizes, faces.clarity, consistency)


def _people(
    faces: FaceBatch, frame: Ints, seen: Sequence[Frame], spec: ModelSpec, tracking: Tracking
) -> Ints:
    """The person of each face, int32 [N]: groups of like faces, joined where a track joins them."""
    from facecluster.cluster.false_accept_curve import FalseAcceptCurve
    from facecluster.cluster.methods.auto import Auto  # only where there is a video

    curve = FalseAcceptCurve(spec.far_table, spec.distance)
    labels = Auto(curve).fit(faces.embeddings, frame).labels_.copy()
    for one, other in _tracked(faces, frame, seen, spec.distance * tracking.near, tracking.place):
        first, second = labels[one], labels[other]
        together = frame[(labels == first) | (labels == second)]
        if first != second and len(np.unique(together)) == len(together):
            labels[labels == second] = first
    return labels


def _tracked(
    faces: FaceBatch, frame: Ints, seen: Sequence[Frame], near: float, place: float
) -> list[tuple[int, int]]:
    """Pairs of faces that are one, since they are at one place in frames that follow each other."""
    pairs = []
    boxes = faces.detections.boxes.astype(np.float64)
    for number in range(1, len(seen)):
        if seen[number].scene != seen[number - 1].scene:
            continue
        before, now = np.nonzero(frame == number - 1)[0], np.nonzero(frame == number)[0]
        shared = overlap(boxes[before][:, None], boxes[now])
        for i, j in zip(*np.nonzero(shared >= place), strict=True):
            one, other = int(before[i]), int(now[j])
            ends = faces.embeddings[[one]], faces.embeddings[[other]]
            if paired_distances(*ends)[0] <= near:
                pairs.append((one, other))
    return pairs


def _kept(labels: Ints, frames: int, tracking: Tracking) -> list[np.ndarray]:
    """The faces of each person who is in enough frames, those in most frames first."""
    least = tracking.samples if frames > tracking.few else 1
    groups = [np.nonzero(labels == label)[0] for label in np.unique(labels)]
    groups = [rows for rows in groups if len(rows) >= least]
    groups.sort(key=lambda rows: (-len(rows), int(rows[0])))
    return groups[: tracking.people]


def _mean(embeddings: Floats, rows: np.ndarray, trust: Floats, tracking: Tracking) -> Floats:
    """The mean of a person's best faces, as long as these are on average; float32 [D]."""
    chosen = embeddings[rows[np.argsort(-trust[rows], kind="stable")[: tracking.best]]]
    lengths = np.linalg.norm(chosen, axis=1, keepdims=True)
    middle = (chosen / np.maximum(lengths, 1e-9)).mean(axis=0)
    length = max(float(np.linalg.norm(middle)), 1e-9)
    mean: Floats = (middle / length * lengths.mean()).astype(np.float32)
    return mean
