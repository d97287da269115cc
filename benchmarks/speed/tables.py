"""The figures of the speed benchmark on the terminal and as the sections of docs/speed.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality import tables
from benchmarks.quality.tables import machine
from benchmarks.speed.profile import ONCE

Row = Mapping[str, Any]
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
    runs = sorted({row["runs"] for row in rows})
    parts = [
        f"Medians of {_of(runs)} on {machine()}; albums drawn by seed {seed}.\n",
        "| Album | photos | faces | MB a photo | seconds | photos/s | CPU s | peak MB "
        "| only decoding, photos/s | times decoding |\n|" + "---|" * 10,
    ]
    parts[-1] += "".join(
        f"\n| {row['set']} | {row['photos']:,} | {row['faces']:,} | {_each(row):.2f} "
        f"| {row['seconds']:.2f} | {row['photos'] / row['seconds']:.1f} | {row['cpu']:.1f} "
        f"| {row['peak_mb']:.0f} | {row['photos'] / row['decode_seconds']:.1f} "
        f"| {row['times_floor']:.2f} |"
        for row in rows
    )
    parts[-1] += "\n"
    beside = [row for row in rows if "peer" in row]
    parts += [_beside(beside)] if beside else []
    parts += [_faces(rows)] if any("face_quality" in row for row in rows) else []
    return "\n".join(parts)


def _of(runs: Sequence[int]) -> str:
    return " and ".join(f"{n} run{'s' * (n != 1)}" for n in runs)


def _beside(rows: Sequence[Row]) -> str:
    lines = [
        "Beside face-grouper (`face-grouper group` with its defaults, dlib), in turns with it:\n",
        "| Album | program | runs | seconds | photos/s | peak MB | times as fast | BCubed F "
        "| pairwise F | placed |\n|" + "---|" * 10,
    ]
    for row in rows:
        both = (("facecluster", row), ("face-grouper", row["peer"]))
        for name, used in both:
            ratio = f"{row['times_peer']:.1f}" if name == "facecluster" else "1"
            lines.append(
                f"| {row['set']} | {name} | {used['runs']} | {used['seconds']:.1f} "
                f"| {row['photos'] / used['seconds']:.2f} | {used['peak_mb']:.0f} | {ratio} "
                f"| {_quality(used.get('quality'))} |"
            )
    return "\n".join(lines) + "\n"


def _quality(judged: Row | None) -> str:
    if not judged:
        return "- | - | -"
    share = f"{judged['placed']} of {judged['judged']}"
    return f"{judged['bcubed']:.4f} | {judged['pairwise']:.4f} | {share}"


def _faces(rows: Sequence[Row]) -> str:
    told = [
        f"{row['set']}: {judged['seen']:,} of {judged['judged']:,} faces found, "
        f"BCubed F {judged['bcubed']:.4f}, pairwise F {judged['pairwise']:.4f}"
        for row in rows
        if (judged := row.get("face_quality"))
    ]
    return f"All faces that were set into the photos, {'; '.join(told)}.\n"


def profile_markdown(profiles: Mapping[str, Row]) -> str:
    """Milliseconds of CPU a photo and a face, a stage a row and an album a column."""
    parts = [f"One run a column, on one thread of {machine()}.\n"]
    for words, unit in (("photo", "photos"), ("face", "faces")):
        heads = [f"CPU ms a {words}", *(f"{n} ({row[unit]:,})" for n, row in profiles.items())]
        parts.append(_stages(profiles, heads, _names(profiles, once=False), unit))
    parts.append(_stages(profiles, ["CPU ms a run", *profiles], _names(profiles, once=True), ""))
    return "\n".join(parts)


def _names(profiles: Mapping[str, Row], once: bool) -> list[str]:
    """The stages of any of them, in the order in which they were first entered."""
    found: dict[str, None] = {}
    for row in profiles.values():
        found |= dict.fromkeys(row["seconds"])
    return [name for name in found if (name in ONCE) == once]


def _stages(
    profiles: Mapping[str, Row], heads: Sequence[str], names: Sequence[str], unit: str
) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [
        f"| {name} | {' | '.join(_ms(row, [name], unit) for row in profiles.values())} |"
        for name in names
    ]
    together = " | ".join(_ms(row, names, unit) for row in profiles.values())
    return "\n".join([*lines, f"| **together** | {together} |"]) + "\n"


def _ms(row: Row, names: Sequence[str], unit: str) -> str:
    """Milliseconds of these stages a photo, a face, or in all without a unit."""
    seconds = [row["seconds"][name] for name in names if name in row["seconds"]]
    number = max(row[unit], 1) if unit else 1
    return f"{1000 * sum(seconds) / number:.2f}" if seconds else "-"


def profile_lines(name: str, row: Row) -> str:
    """One album for the terminal."""
    lines = [f"{name}: {row['photos']} photos, {row['faces']} faces; CPU ms a photo, a face, calls"]
    for stage in row["seconds"]:
        each = "".join(
            f"{'-' if stage in ONCE else _ms(row, [stage], unit):>9}"
            for unit in ("photos", "faces")
        )
        whole = f"{_ms(row, [stage], ''):>10} ms" if stage in ONCE else ""
        lines.append(f"  {stage:<22}{each}{row['calls'][stage]:>8}{whole}")
    return "\n".join(lines)


def memory_markdown(rows: Sequence[Row]) -> str:
    first, last = rows[0], rows[-1]
    more = (last["peak_mb"] - first["peak_mb"]) / max(last["photos"] - first["photos"], 1)
    lines = [
        f"![Peak memory by number of photos]({PLOT})\n",
        f"One run each on {machine()}.\n",
        "| Photos | faces | seconds | photos/s | peak MB |\n|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['photos']:,} | {row['faces']:,} | {row['seconds']:.1f} "
        f"| {row['photos'] / row['seconds']:.1f} | {row['peak_mb']:.0f} |"
        for row in rows
    ]
    again = f"{last['again_seconds']:.1f} s and {last['again_peak_mb']:.0f} MB"
    again = f"{last['again_seconds']:.1f} s and {last['again_peak_mb']:.0f} MB"
    lines.append(
        f"\nFrom the first line to the last the peak grows by {1024 * more:.1f} KB a photo. "
        f"A second run on the same {last['photos']:,} photos took {again}."
    )
    return "\n".join(lines) + "\n"


def write(path: Path, text: str, mark: str) -> None:
    """Put a section between its markers of the page; a page that is not there gets a title."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TITLE, "utf-8")
    tables.write(path, text, mark)
