"""The pictures that an int8 model needs: those that set its ranges, and those that judge it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster.base.progress import Progress
from facecluster.config import ScanConfig
from facecluster.embed.embedder import Embedder
from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError
from facecluster.evaluate.pictures import Cropper
from facecluster.photos.scan import scan
from facecluster.reading import read_picture
from facecluster.records import Pixels
from facecluster.train.material import Validation, gather
from facecluster.train.model.checkpoint import Checkpoint
from facecluster.train.run.validate import calibrate

CALIBRATION, HELD_OUT = 256, 200  # pictures that set the ranges, pictures that judge the result
FEWEST = 32
SEED = 20180618
_BLOCK = 1024  # pictures that are embedded at once


@dataclass(frozen=True, slots=True)
class Int8Pictures:
    """calibration, judged: uint8 [M, S, S, 3] RGB, as the exported model takes them. validation:
    labelled pictures of unseen classes to measure distances on, None where there are none. notes:
    sentences for the user."""

    calibration: Pixels
    judged: Pixels
    validation: Validation | None = None
    notes: tuple[str, ...] = ()


def int8_pictures(checkpoint: Checkpoint, folder: Path | None, progress: Progress) -> Int8Pictures:
    """Training pictures to calibrate, unseen ones to judge and to measure distances on.

    folder: pictures that calibrate and judge in their place. Raises FaceclusterError when they are
    too few, or when there is no folder and the run's own pictures are not there any more.
    """
    shape = checkpoint.shape
    given = None if folder is None else from_folder(folder, checkpoint.spec(), progress)
    try:
        material = gather(checkpoint.config, shape.image_size, shape.channels, progress)
    except FaceclusterError as error:
        if given is None:
            raise FaceclusterError(
                f"`int8` needs pictures, and those of the run cannot be had ({error}); name a "
                "folder of pictures like them with `calibration`"
            ) from error
        note = (
            f"distances are those of the float32 model, for the run's pictures are gone ({error})"
        )
        return replace(given, notes=(note,))
    unseen = material.validation
    if given is not None:
        return replace(given, validation=unseen)
    return Int8Pictures(
        rgb(material.pictures.pixels[_drawn(material.train_rows, CALIBRATION)]),
        rgb(unseen.pictures.pixels[_drawn(unseen.rows, HELD_OUT)]),
        unseen,
    )


def from_folder(folder: Path, spec: ModelSpec, progress: Progress) -> Int8Pictures:
    """Pictures drawn from all of a folder, prepared as the spec wants them.

    What cannot be read, or shows no face where the model is for faces, is passed over. Raises
    FaceclusterError with fewer than FEWEST left.
    """
    files = scan(folder, ScanConfig()).files
    cropper, crops = Cropper(spec), list[Pixels]()
    wanted = min(CALIBRATION + HELD_OUT, len(files))
    for row in np.random.default_rng(SEED).permutation(len(files)):
        try:
            crop, found = cropper.crop(read_picture(folder / files[row].path, spec))
        except FaceclusterError:
            continue
        if found:
            crops.append(crop)
            progress("reading pictures", len(crops), wanted)
        if len(crops) == CALIBRATION + HELD_OUT:
            break
    if len(crops) < FEWEST:
        what = "pictures with a face" if spec.align == "faces" else "pictures that can be read"
        raise FaceclusterError(
            f"`calibration` {folder}: {len(crops)} {what}, at least {FEWEST} are needed"
        )
    many = min(CALIBRATION, len(crops) * CALIBRATION // (CALIBRATION + HELD_OUT))
    return Int8Pictures(np.stack(crops[:many]), np.stack(crops[many:]))


def measured(
    model: Path, spec: ModelSpec, mirror: bool, pictures: Int8Pictures, progress: Progress
) -> ModelSpec:
    """The spec with the distances of this very model, measured anew where there are pictures to do
    so; where not it says that they are those of the float32 model."""
    unseen = pictures.validation
    if unseen is None:
        if not spec.far_table:
            return spec
        return replace(spec, measured_on=f"{spec.measured_on}; before quantisation to int8")
    embedder = Embedder(model, "cpu")
    parts = []
    for start in range(0, len(unseen.rows), _BLOCK):
        rows = unseen.rows[start : start + _BLOCK]
        parts.append(embedder.embed(rgb(unseen.pictures.pixels[rows]))[0])
        progress("measuring distances", min(start + _BLOCK, len(unseen.rows)), len(unseen.rows))
    labels = unseen.pictures.labels[unseen.rows]
    about = f"{unseen.about}, {'with mirror view' if mirror else 'one view'}, int8"
    found = calibrate(np.concatenate(parts), labels, about)
    return replace(
        spec,
        far_table=found.far_table,
        distance=found.distance,
        measured_on=found.measured_on,
    )


def rgb(pixels: Pixels) -> Pixels:
    """uint8 [N, S, S, 3] from grey or RGB pictures: a grey value stands for all three colours."""
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:3], 3)))


def _drawn(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of the rows, by seed, ascending."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(SEED).choice(rows, most, replace=False))
