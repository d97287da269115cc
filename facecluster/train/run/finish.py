"""What a run leaves beside its checkpoints: history, pairs, exact thresholds and pictures."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from torch import Tensor

from facecluster.base.atomic import write_atomic
from facecluster.evaluate.verification.pair_lists import Pairs, write_pairs
from facecluster.records import Floats, Pixels
from facecluster.train.batch.signs import Batch
from facecluster.train.history import EpochRow, history_csv
from facecluster.train.model.checkpoint import Calibration, load, save
from facecluster.train.model.embed import embed_views
from facecluster.train.plots.draw import PlotData, draw_all
from facecluster.train.run.folders import BEST, HISTORY, LAST, PAIRS, SKIPPED
from facecluster.train.run.sitting import Sitting
from facecluster.train.run.state.run_state import RunState
from facecluster.train.run.validate import calibrations, distances_of

START = "start.npz"  # embeddings before training
SHOWN = 1500  # pictures of a scatter
SHEET = 12  # triplets of the sheet

# Triplets to draw: uint8 [T, 3, S, S, C], and float32 [T, 2], the cosine distances of anchor and
# positive, and of anchor and negative.
Sheet = tuple[Pixels | None, Floats | None]


def write_history(folder: Path, history: Sequence[EpochRow]) -> None:
    write_atomic(folder / HISTORY, history_csv(history).encode())


def keep_start(folder: Path, state: RunState) -> None:
    """Write down the validation pairs, what could not be used, and what the network says before it
    has learned."""
    val = state.material.validation
    names = val.pictures.names
    first = tuple(names[i] for i in val.rows[val.pairs.first])
    second = tuple(names[i] for i in val.rows[val.pairs.second])
    write_pairs(folder / PAIRS, Pairs(first, second, val.pairs.same, val.pairs.fold))
    skipped = state.material.pictures.skipped
    if skipped:
        lines = "".join(f"{name}\t{reason}\n" for name, reason in skipped)
        write_atomic(folder / SKIPPED, lines.encode("utf-8", "surrogateescape"))
    start = io.BytesIO()
    np.savez(start, embeddings=_shown(state))
    write_atomic(folder / START, start.getvalue())


def finish(folder: Path, state: RunState, sitting: Sitting) -> None:
    """Measure the thresholds of the best checkpoint in float32, and draw the pictures."""
    listener = sitting.listener
    listener.progress("measuring thresholds", 0, 1)
    views, measured = recalibrate(folder, state)
    listener.progress("measuring thresholds", 1, 1)
    mirror = bool(state.config.model.mirror)
    threshold = measured["mirror" if mirror else "plain"].distance
    triplets = _sheet(state, sitting.last)
    draw_all(folder, _plots(folder, state, views[int(mirror)], threshold, triplets))


def recalibrate(
    folder: Path, state: RunState
) -> tuple[tuple[Floats, Floats], dict[str, Calibration]]:
    """Put exact thresholds into the best checkpoint; gives the embeddings of the validation
    pictures, as embed_views does, and what was measured."""
    val, device = state.material.validation, state.ranks.device
    path = folder / (BEST if (folder / BEST).is_file() else LAST)
    best = load(path)
    network = best.network().to(device)
    views = embed_views(network, val.pictures.pixels, val.rows, device, nullcontext)
    measured = calibrations(views, val)
    save(path, replace(best, calibrations=measured))
    return views, measured


def _rows_shown(state: RunState) -> np.ndarray:
    rows = np.arange(len(state.material.validation.rows))
    return rows if len(rows) <= SHOWN else np.linspace(0, len(rows) - 1, SHOWN).astype(np.int64)


def _shown(state: RunState) -> Floats:
    val = state.material.validation
    rows = val.rows[_rows_shown(state)]
    network = state.learner.average.module
    views = embed_views(network, val.pictures.pixels, rows, state.ranks.device, nullcontext)
    return views[1 if state.config.model.mirror else 0]


def _plots(
    folder: Path, state: RunState, embeddings: Floats, threshold: float, triplets: Sheet
) -> PlotData:
    val, shown = state.material.validation, _rows_shown(state)
    distances = distances_of(embeddings, val.pairs).astype(np.float32)
    labels = val.pictures.labels[val.rows[shown]]
    used, places = np.unique(labels, return_inverse=True)
    classes = tuple(val.pictures.classes[i] for i in used)
    return PlotData(
        history=state.judged.history,
        triplets=triplets[0],
        triplet_distances=triplets[1],
        same=distances[val.pairs.same],
        different=distances[~val.pairs.same],
        threshold=threshold,
        before=kept_start(folder, embeddings[shown]),
        after=embeddings[shown],
        labels=places.astype(np.int64),
        classes=classes,
        unseen=set(classes) - set(state.material.train_classes),
    )


def kept_start(folder: Path, like: Floats) -> Floats | None:
    """The embeddings of `keep_start`, of the kind and shape of `like`; a run does without them when
    the file is gone or damaged."""
    try:
        with np.load(folder / START, allow_pickle=False) as kept:
            before: Floats = kept["embeddings"]
    except (OSError, ValueError, LookupError, TypeError, EOFError, MemoryError):
        return None
    except (BadZipFile, zlib.error):
        return None
    alike = before.dtype == np.float32 and before.shape == like.shape
    return before if alike and np.isfinite(before).all() else None


def _sheet(state: RunState, last: tuple[Batch, Tensor | None] | None) -> Sheet:
    """Some of the last batch's triplets; the distances are those of the averaged weights."""
    if last is None or last[1] is None or not len(last[1]):
        return None, None
    batch, triplets = last[0], last[1].cpu().numpy()
    some = triplets[np.linspace(0, len(triplets) - 1, min(SHEET, len(triplets))).astype(int)]
    shown = batch.draw(state.material.pictures.pixels, some.reshape(-1))
    every = np.arange(len(shown))
    network = state.learner.average.module
    plain, _ = embed_views(network, shown, every, state.ranks.device, nullcontext)
    anchor, positive, negative = plain.reshape(len(some), 3, -1).transpose(1, 0, 2)
    apart = [1 - (anchor * other).sum(axis=1) for other in (positive, negative)]
    return shown.reshape(len(some), 3, *shown.shape[1:]), np.stack(apart, 1)
