"""`facecluster evaluate --recalibrate --strangers`: how crowded faces are, of many pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from facecluster.base.progress import Progress
from facecluster.config import ScanConfig
from facecluster.evaluate.calibration.crowding import FittedCrowding, check_count, fit_crowding
from facecluster.evaluate.pictures import Embeds, embed_pictures
from facecluster.output.page.text import plural
from facecluster.photos.scan import scan
from facecluster.records import Floats


@dataclass(frozen=True, slots=True)
class Strangers:
    """fitted: to one face of each picture. failures: path and reason of what could not be read.
    faceless: pictures without a face, which are left out."""

    fitted: FittedCrowding
    failures: tuple[tuple[str, str], ...]
    faceless: int


def fit_strangers(
    model: Embeds, folder: Path, usual: Floats, threads: int, progress: Progress
) -> Strangers:
    """Fit crowding to the pictures anywhere in `folder`, one of each person.

    usual: float32 [N, D], faces as the model is used for. Raises FaceclusterError where the
    pictures are too few or of no help.
    """
    files = scan(folder, ScanConfig()).files
    name = folder.resolve().name
    check_count(len(files), f"{plural(len(files), 'picture')} in {name}")
    paths = [folder / file.path for file in files]
    seen = embed_pictures(model, paths, threads, progress, tolerant=True)
    failures = tuple((files[row].path, reason) for row, reason in seen.problems)
    good = seen.usable
    about = f"{plural(int(good.sum()), 'picture')} of strangers in {name}"
    fitted = fit_crowding(seen.embeddings[good], usual, about)
    return Strangers(fitted, failures, len(files) - int(good.sum()) - len(failures))
