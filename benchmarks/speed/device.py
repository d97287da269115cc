"""How many faces a device embeds per second, by the size of the batch.

    python -m benchmarks.speed.device [--device DEVICE] [--model FILE] [--seconds S] [--json FILE]
    [--toy]

The embedder alone, crops already cut: what `facecluster group` could reach if nothing else took
time. On an accelerator the crops of several photos share a call (facecluster/combining.py); the
last lines show what eight threads get that ask for one face each, with and without it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from facecluster.combining import Combiner
from facecluster.config import DEVICES
from facecluster.embed.embedder import MANY, Embedder

BATCHES = (1, 8, 64, 512)
THREADS = 8
RUNS = 5


def rate(work: Callable[[], int], seconds: float) -> float:
    """Faces per second, the median of RUNS runs that share `seconds`; `work` gives its faces."""
    work()
    rates = []
    for _ in range(RUNS):
        start, faces = time.perf_counter(), 0
        while not faces or time.perf_counter() - start < seconds / RUNS:
            faces += work()
        rates.append(faces / (time.perf_counter() - start))
    return median(rates)


def crops(embedder: Embedder, count: int) -> np.ndarray:
    """Noise does as well as faces here: a network takes the same time for both."""
    size = embedder.spec.crop_size
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def alone(embedder: Embedder, batch: int, seconds: float) -> float:
    """One thread, `batch` crops per call."""
    some = crops(embedder, batch)
    embedder.chunk = batch

    def work() -> int:
        return len(embedder.embed(some)[0])

    return rate(work, seconds)


def threaded(embedder: Embedder, combined: bool, seconds: float) -> float:
    """THREADS threads, one crop a call each."""
    some = crops(embedder, 1)
    embedder._combiner = Combiner(embedder._together, MANY) if combined else None
    with ThreadPoolExecutor(THREADS) as pool:

        def work() -> int:
            return sum(len(found[0]) for found in pool.map(embedder.embed, [some] * 4 * THREADS))

        return rate(work, seconds)


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--device", choices=DEVICES, default="auto")
    options.add_argument("--model", type=Path)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--json", type=Path)
    options.add_argument("--toy", action="store_true", help="only show that it runs")
    asked = options.parse_args()
    seconds = 0.1 if asked.toy else asked.seconds
    embedder = Embedder(asked.model, asked.device)
    found: dict[str, Any] = {"provider": embedder.session().get_providers()[0], "faces_per_s": {}}
    print(f"{found['provider']}, {embedder.spec.name}")
    for batch in BATCHES[:2] if asked.toy else BATCHES:
        found["faces_per_s"][str(batch)] = alone(embedder, batch, seconds)
        print(f"{batch:>4} a call, one thread: {found['faces_per_s'][str(batch)]:.0f} faces/s")
    for combined in (False, True):
        name = "combined" if combined else "apart"
        found[name] = threaded(embedder, combined, seconds)
        print(f"   1 per call, {THREADS} threads, {name}: {found[name]:.0f} faces/s")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
