"""Peak memory by number of photos, and how long a second run takes that finds nothing new.

The photos are those of the small album, and as many as are missing are made of them: moved by some
px, in other light, encoded again, so that no two are the same.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.albums import Album, save
from benchmarks.speed.material import Pixels, picture
from benchmarks.speed.runs import group_to

SIZES = (100, 300, 1000, 3000, 10000)
TOY_SIZES = (4, 12)
MOVED = 12  # px at most


def measure_memory(
    album: Album, sizes: Sequence[int], space: Path, seed: int = 0
) -> list[dict[str, Any]]:
    """A row for each number of photos; the last has what a second run took.

    Raises CalledProcessError when the command fails.
    """
    rows = []
    with tempfile.TemporaryDirectory(dir=space) as folder:
        pool, photos, out = (Path(folder) / name for name in ("pool", "photos", "out"))
        pool.mkdir()
        for size in sorted(sizes):
            fill(pool, album.folder, size, seed)
            shutil.rmtree(photos, ignore_errors=True)
            shutil.rmtree(out, ignore_errors=True)
            photos.mkdir()
            for file in sorted(pool.iterdir())[:size]:
                os.link(file, photos / file.name)
            used, report = group_to(photos, out)
            rows.append(
                {
                    "photos": report["summary"]["photos"],
                    "faces": report["summary"]["faces"],
                    "seconds": used.wall,
                    "cpu": used.cpu,
                    "peak_mb": used.peak_mb,
                }
            )
            print(line(rows[-1]), flush=True)
        again, report = group_to(photos, out)
        rows[-1] |= {"again_seconds": again.wall, "again_peak_mb": again.peak_mb}
        rows[-1]["again_stages"] = report["run"]["seconds"]
        print(f"the same {rows[-1]['photos']} photos again: {again.wall:.1f} s", flush=True)
    return rows


def line(row: dict[str, Any]) -> str:
    return (
        f"{row['photos']:>7} photos {row['faces']:>7} faces {row['seconds']:>8.1f} s "
        f"{row['peak_mb']:>7.0f} MB"
    )


def fill(pool: Path, photos: Path, size: int, seed: int) -> None:
    """Bring the photos in `pool` to `size`: those of the album first, then variations of them."""
    originals = sorted(photos.rglob("*.jpg"))
    for i in range(len(list(pool.iterdir())), size):
        source = originals[i % len(originals)]
        if i < len(originals):
            shutil.copyfile(source, pool / f"{i:06}.jpg")
        else:
            random = np.random.default_rng([seed, i])
            save(pool / f"{i:06}.jpg", varied(picture(source), random), 90)


def varied(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Moved by up to MOVED px, what is empty then filled by repeating, and up to a tenth lighter
    or darker."""
    x, y = random.integers(-MOVED, MOVED + 1, 2).tolist()
    moved = np.roll(pixels, (y, x), (0, 1))
    return np.asarray(np.clip(moved * random.uniform(0.9, 1.1), 0, 255), np.uint8)


def plot(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Peak memory by number of photos as SVG, without a background."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from benchmarks.common.drawing import BLUE, GREY, ORANGE, STYLE

    x = [row["photos"] for row in rows]
    with rc_context(STYLE | {"svg.hashsalt": "speed memory"}):
        figure = Figure(figsize=(6, 3.2), layout="constrained")
        axes = figure.subplots()
        axes.plot(x, [row["peak_mb"] for row in rows], "o-", color=BLUE, label="first run")
        last = rows[-1]
        axes.plot([x[-1]], [last["again_peak_mb"]], "s", color=ORANGE, label="run again")
        axes.axhline(1000, color=GREY, linestyle=":")
        axes.set_xscale("log")
        axes.set_xticks(x, [f"{value:,}" for value in x])
        axes.minorticks_off()
        axes.set(xlabel="photos", ylabel="peak memory, MB", ylim=(0, None))
        axes.legend()
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})
