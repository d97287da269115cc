"""The figures of the speed benchmark on the terminal and as the sections of docs/speed.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import pages
from benchmarks.speed.profile import ONCE

Row = Mapping[str, Any]
TEMPLATES = Path(__file__).parent / "templates"
MARK = "python -m benchmarks.speed --write"
PROFILE_MARK = "python -m benchmarks.speed --profile --write"
MEMORY_MARK = "python -m benchmarks.speed --memory --write"
PLOT = "speed-memory.svg"
TITLE = "# How fast it is\n"
HEAD = (
    f"{'album':<16}{'photos':>7}{'faces':>7}{'MB each':>9}{'seconds':>9}{'photos/s':>10}"
    f"{'CPU s':>8}{'peak MB':>9}{'decode/s':>10}{'x floor':>9}{'x peer':>8}"
)


def line(row: Row) -> str:
    """One row for the terminal, under HEAD."""
    peer = f"{row['times_peer']:.0f}" if "times_peer" in row else "-"
    return (
        f"{row['set'][:15]:<16}{row['photos']:>7}{row['faces']:>7}{_each(row):>9.2f}"
        f"{row['seconds']:>9.2f}{row['photos'] / row['seconds']:>10.1f}{row['cpu']:>8.1f}"
        f"{row['peak_mb']:>9.0f}{row['photos'] / row['decode_seconds']:>10.1f}"
        f"{row['times_floor']:>9.2f}{peer:>8}"
    )


def _each(row: Row) -> float:
    return float(row["megabytes"] / max(row["photos"], 1))


def markdown(rows: Sequence[Row], seed: int) -> str:
    """The table of albums, and how right the folders were beside the peer's."""
    return pages.render(
        TEMPLATES / "albums.md.j2",
        rows=rows,
        seed=seed,
        machine=pages.machine(),
        runs=" and ".join(f"{n} run{'s' * (n != 1)}" for n in sorted({r["runs"] for r in rows})),
        beside=[row for row in rows if "peer" in row],
        faces=[row for row in rows if row.get("face_quality")],
        each=_each,
        quality=_quality,
    )


def _quality(used: Row) -> str:
    """Three cells: how right the folders of a program were, where that is known."""
    judged = used.get("quality")
    if not judged:
        return "- | - | -"
    share = f"{judged['placed']} of {judged['judged']}"
    return f"{judged['bcubed']:.4f} | {judged['pairwise']:.4f} | {share}"


def profile_markdown(profiles: Mapping[str, Row]) -> str:
    """Milliseconds of CPU a photo, a face and a run: one row per stage, one column per album."""
    often, once = (_names(profiles, once=once) for once in (False, True))
    tables = [
        {
            "unit": unit,
            "heads": [
                f"CPU ms per {word}",
                *(f"{n} ({row[unit]:,})" for n, row in profiles.items()),
            ],
            "names": often,
        }
        for word, unit in (("photo", "photos"), ("face", "faces"))
    ]
    tables.append({"unit": "", "heads": ["CPU ms per run", *profiles], "names": once})
    return pages.render(
        TEMPLATES / "stages.md.j2",
        machine=pages.machine(),
        tables=tables,
        profiles=list(profiles.values()),
        ms=_ms,
    )


def _names(profiles: Mapping[str, Row], once: bool) -> list[str]:
    """The stages of any of them, in the order in which they were first entered."""
    found: dict[str, None] = {}
    for row in profiles.values():
        found |= dict.fromkeys(row["seconds"])
    return [name for name in found if (name in ONCE) == once]


def _ms(row: Row, names: Sequence[str], unit: str) -> str:
    """Milliseconds of these stages a photo, a face, or in all without a unit."""
    seconds = [row["seconds"][name] for name in names if name in row["seconds"]]
    number = max(row[unit], 1) if unit else 1
    return f"{1000 * sum(seconds) / number:.2f}" if seconds else "-"


def profile_lines(name: str, row: Row) -> str:
    """One album for the terminal."""
    lines = [
        f"{name}: {row['photos']} photos, {row['faces']} faces; CPU ms per photo, per face, calls"
    ]
    for stage in row["seconds"]:
        each = "".join(
            f"{'-' if stage in ONCE else _ms(row, [stage], unit):>9}"
            for unit in ("photos", "faces")
        )
        whole = f"{_ms(row, [stage], ''):>10} ms" if stage in ONCE else ""
        lines.append(f"  {stage:<22}{each}{row['calls'][stage]:>8}{whole}")
    return "\n".join(lines)


def memory_markdown(rows: Sequence[Row]) -> str:
    """Peak memory by number of photos, and what a second run took. rows: by rising number."""
    first, last = rows[0], rows[-1]
    more = (last["peak_mb"] - first["peak_mb"]) / max(last["photos"] - first["photos"], 1)
    return pages.render(
        TEMPLATES / "memory.md.j2",
        plot=PLOT,
        machine=pages.machine(),
        rows=rows,
        kilobytes=1024 * more,
    )
