"""Embeddings of many labelled pictures, one subject each, on every core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facecluster.base.machine import cores
from facecluster.base.pool import pooled
from facecluster.base.progress import Progress, no_progress
from facecluster.embed.embedder import CHUNK
from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError
from facecluster.faces.portraits import Portraits, middle_part
from facecluster.faces.whole import whole_picture
from facecluster.reading import read_picture
from facecluster.records import Floats, Picture, Pixels

IN_FLIGHT = 4  # batches per thread that may be in work or wait for their turn


class Embeds(Protocol):
    """What is asked of a model here; embed.embedder.Embedder is one."""

    spec: ModelSpec
    model_id: str

    def embed(self, crops: Pixels) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class Embedded:
    """One row per picture, in the order that was asked for.

    embeddings: float32 [N, D] (distances.py), zero where the picture could not be read. found: bool
    [N], whether the subject was: a face, for models of faces. problems: row and reason of what
    could not be read.
    """

    embeddings: Floats
    found: NDArray[np.bool_]
    problems: tuple[tuple[int, str], ...] = ()

    @property
    def usable(self) -> NDArray[np.bool_]:
        """bool [N]: read, and the subject found."""
        read = np.ones(len(self.found), bool)
        read[[row for row, _ in self.problems]] = False
        return self.found & read


class Cropper:
    """One crop per picture, as a model wants it: its middle face aligned, or the picture itself.

    Without a face the middle of the picture stands in. Safe to call from several threads.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._portraits = Portraits() if spec.align == "faces" else None
        self._template = np.asarray(spec.template, np.float32)

    def crop(self, picture: Picture) -> tuple[Pixels, bool]:
        """uint8 [S, S, 3], and whether the subject was found."""
        size = self._spec.crop_size
        if self._portraits is None:
            return whole_picture(picture.pixels, size), True
        crop = self._portraits.crop(picture, self._template, size)
        return (middle_part(picture.pixels, size), False) if crop is None else (crop, True)


def embed_pictures(
    model: Embeds,
    paths: Sequence[Path],
    threads: int = 0,
    progress: Progress = no_progress,
    tolerant: bool = False,
) -> Embedded:
    """Embed one subject of each picture, in `threads` threads (0: one per core).

    Batches have the same rows whatever the threads, and so have the numbers. progress hears
    `read`, done and total. Raises FaceclusterError for the first picture that cannot be read,
    unless `tolerant`: then it is listed.
    """
    cropper = Cropper(model.spec)

    def batch(start: int) -> Embedded:
        return _embed_batch(model, cropper, paths[start : start + CHUNK], tolerant)

    return _in_batches(model, batch, len(paths), threads, progress)


def embed_crops(
    model: Embeds,
    pixels: Pixels,
    rows: NDArray[np.int64],
    threads: int = 0,
    progress: Progress = no_progress,
) -> Embedded:
    """Embed crops that are cut already: rows of uint8 [N, S, S, C], C 1 (grey) or 3 (RGB).

    threads and progress as in embed_pictures.
    """

    def batch(start: int) -> Embedded:
        crops = pixels[rows[start : start + CHUNK]]
        coloured = np.broadcast_to(crops, (*crops.shape[:3], 3))
        embeddings, _ = model.embed(np.ascontiguousarray(coloured))
        return Embedded(embeddings, np.ones(len(crops), bool))

    return _in_batches(model, batch, len(rows), threads, progress)


def _in_batches(
    model: Embeds,
    batch: Callable[[int], Embedded],
    count: int,
    threads: int,
    progress: Progress,
) -> Embedded:
    """One whole of what `batch` gives for the rows from each start on."""
    parts: list[Embedded] = []
    problems: list[tuple[int, str]] = []
    starts = range(0, count, CHUNK)
    for part in pooled(batch, starts, threads or cores(), IN_FLIGHT, ordered=True, name="pictures"):
        start = CHUNK * len(parts)
        problems += [(start + row, reason) for row, reason in part.problems]
        parts.append(part)
        progress("read", min(start + CHUNK, count), count)
    empty = np.empty((0, model.spec.dimension), np.float32)
    return Embedded(
        np.concatenate([empty, *(part.embeddings for part in parts)]),
        np.concatenate([np.empty(0, bool), *(part.found for part in parts)]),
        tuple(problems),
    )


def _embed_batch(
    model: Embeds, cropper: Cropper, paths: Sequence[Path], tolerant: bool
) -> Embedded:
    size = model.spec.crop_size
    crops = np.zeros((len(paths), size, size, 3), np.uint8)
    found = np.zeros(len(paths), bool)
    problems = []
    for row, path in enumerate(paths):
        try:
            picture = read_picture(path, model.spec)
        except FaceclusterError as error:
            if not tolerant:
                raise
            problems.append((row, str(error)))
            continue
        crops[row], found[row] = cropper.crop(picture)
    embeddings, _ = model.embed(crops)
    embeddings[[row for row, _ in problems]] = 0
    return Embedded(embeddings, found, tuple(problems))
