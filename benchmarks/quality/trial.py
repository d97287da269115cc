"""One grouping of one set in a process of its own, so that its peak of memory is its own.

    python -m benchmarks.quality.trial ALBUM.npz RESULT.json TASK

TASK (JSON): the fields of `Task`. benchmarks.quality starts it; by hand it is of little use.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.common.albums import Album, Model, rows_of
from benchmarks.common.grouping import Task, by_first, ours
from benchmarks.common.process import measured_apart
from facecluster.config import METHODS
from facecluster.distances import units
from facecluster.records import FaceTable, Ints


def run(album: Path, task: Task, threads: int = 1) -> dict[str, Any]:
    """The row of one task: scores, people, seconds of the grouping alone, peak of the process.

    threads: what numerical libraries are told. Raises CalledProcessError when the child fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "benchmarks.quality.trial", str(album), str(result)]
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = os.environ | dict.fromkeys(names, str(threads))
        used = measured_apart([*command, json.dumps(asdict(task))], (0,), environment)
        row: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return row | {"peak_mb": used.peak_mb}


def each(albums: Mapping[str, Album], tasks: Sequence[Task]) -> Iterator[dict[str, Any]]:
    """A row for each set and task, as soon as it is there."""
    with tempfile.TemporaryDirectory() as folder:
        for name, album in albums.items():
            path = Path(folder) / "album.npz"
            album.save(path)
            for task in tasks:
                yield {"set": name} | run(path, task)


def steady(album: Album, task: Task, seed: int = 0) -> bool:
    """Whether the groups stay the same in two other orders of photos and faces, with one thread
    and with two."""
    partitions = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "album.npz"
        album.save(path)
        for shuffle, threads in ((None, 1), (seed, 1), (seed + 1, 2)):
            wanted = replace(task, shuffle=shuffle, labels=True)
            partitions.append(by_first(np.array(run(path, wanted, threads)["labels"], np.int64)))
    return all(np.array_equal(partitions[0], other) for other in partitions[1:])


def main_row(album: Album, task: Task) -> dict[str, Any]:
    """What the child finds out."""
    order, faces = shuffled(album.faces, task.shuffle)
    grouping = grouper(task)
    # Our own methods see to their threads themselves, which the shuffling checks.
    with nullcontext() if task.method in METHODS else threadpool_limits(limits=1):
        start = time.perf_counter()
        found = grouping(faces)
        seconds = time.perf_counter() - start
    labels = np.empty(len(found), np.int32)
    labels[order] = found
    judged = album.judge(labels)
    row = asdict(judged)
    for name, score in (("pairwise", judged.pairwise), ("bcubed", judged.bcubed)):
        row[name] = asdict(score) | {"f": score.f}
    row |= {"faces": len(faces), "seconds": seconds, "method": task.method}
    row["several"] = sum(size > 1 for size in album.sizes.values())
    return row | ({"labels": labels.tolist()} if task.labels else {})


def shuffled(faces: FaceTable, seed: int | None) -> tuple[NDArray[np.int64], FaceTable]:
    """Rows in another order, and the table in it, photos numbered by chance too."""
    rows = np.arange(len(faces))
    if seed is None:
        return rows, faces
    random = np.random.default_rng(seed)
    photos = random.permutation(int(faces.photo.max(initial=-1)) + 1).astype(np.int32)
    rows = random.permutation(rows)
    return rows, rows_of(faces, rows, photos[faces.photo[rows]])


def grouper(task: Task) -> Callable[[FaceTable], Ints]:
    """What makes labels of faces, ready to be timed."""
    model = Model(**task.model)
    if task.method in METHODS:
        return lambda faces: ours(faces, task, model)
    from benchmarks.quality.peers import (
        PEERS,  # its packages would count into the memory of our methods
    )

    peer = PEERS[task.method]
    distance = model.distance if task.distance is None else task.distance
    return lambda faces: in_two_photos(peer(units(faces.embeddings), distance), faces.photo)


def in_two_photos(labels: NDArray[np.int64], photo: Ints) -> Ints:
    """-1 for the groups that were seen in one photo only."""
    kept = np.full(len(labels), -1, np.int32)
    placed = np.nonzero(labels >= 0)[0]
    pairs = np.unique(np.stack([labels[placed], photo[placed]]), axis=1)
    groups, photos = np.unique(pairs[0], return_counts=True)
    several = placed[np.isin(labels[placed], groups[photos >= 2])]
    kept[several] = np.unique(labels[several], return_inverse=True)[1]
    return kept


def main() -> int:
    album, result, told = sys.argv[1:4]
    row = main_row(Album.load(Path(album)), Task(**json.loads(told)))
    Path(result).write_text(json.dumps(row), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
