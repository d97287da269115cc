"""The figures of benchmarks.scale as lines on the terminal and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from math import log
from typing import Any

from benchmarks.common.pages import score, table
from benchmarks.scale.crowds import GROW, POUR
from facecluster.config import ClusterConfig

Row = Mapping[str, Any]
WAYS = {GROW: "grown", POUR: "poured"}
FROM = 100_000  # faces from which the growth to a million is told


def line(row: Row) -> str:
    """One row for the terminal."""
    agreed = row["work"] == "agree"
    name = row["set"] if agreed else f"{WAYS[row['growth']]} {row['faces']:,}"
    start = f"{row['work']:<6}{name:>16}  {row['method']:<14}"
    if row["state"] != "done":
        return start + _missing(row)
    if agreed:
        found = ", ".join(f"{form} {value:.4f}" for form, value in row["ari"].items())
        return f"{start}adjusted Rand index over {row['asked']:,} faces: {found}"
    if row["work"] == "near":
        return (
            f"{start}{row['seconds']:.1f} s, recall {row['recall']:.4f} of {row['true']:,} pairs "
            f"within {row['distance']:.4f}, of one person {row['same_recall']:.4f}"
        )
    return (
        f"{start}{row['seconds']:.1f} s, CPU {row['cpu']:.1f} s, peak {row['peak_mb']:.0f} MB, "
        f"BCubed {score(row['bcubed'])}, pairwise F {row['pairwise']['f']:.4f}, "
        f"placed {row['placed']:.3f}, people {row['people']:,} of {row['several']:,}"
    )


def _missing(row: Row) -> str:
    return f"over {row['limit']:.0f} s" if "limit" in row else f"failed (exit code {row['code']})"


def spread(told: Row) -> str:
    """The tables of distances, real and made up."""
    found = told["spread"]
    heads = ["Pairs of one person", "people", "1 %", "5 %", "25 %", "50 %", "75 %", "95 %", "99 %"]
    heads += ["mean of a person: 5 / 50 / 95 %", "nearest of a face: 5 / 50 / 95 %"]
    inside = [
        [
            *(name, f"{row['people']:,}", *(f"{value:.4f}" for value in row["quantiles"])),
            *(" / ".join(f"{value:.3f}" for value in row[key]) for key in ("means", "nearest")),
        ]
        for name, row in found["within"].items()
    ]
    heads_between = ["Pairs of different people", "pairs"]
    heads_between += [f"{distance:.4f}" for _, distance in found["table"]]
    outside = [["the model's table", "", *(f"{rate:.0e}" for rate, _ in found["table"])]]
    outside += [
        [name, f"{row['pairs']:.1e}", *(_share(value, row["pairs"]) for value in row["tail"])]
        for name, row in found["between"].items()
    ]
    return f"{table(heads, inside)}\n{table(heads_between, outside)}"


def _share(value: float, pairs: int) -> str:
    """A share that rests on ten pairs at least."""
    return f"{value:.2e}" if value * pairs >= 10 else "-"


def libraries(rows: Sequence[Row]) -> str:
    """Who is in each library."""
    heads = ["Library", "faces", "people", "in two photos or more", "largest"]
    heads += ["pairs of one person, for each face"]
    lines = [
        [
            *(WAYS[row["growth"]], f"{row['faces']:,}", f"{row['people']:,}"),
            *(f"{row['several']:,}", f"{row['largest']:,}", f"{row['pairs']:,.0f}"),
        ]
        for row in rows
    ]
    return table(heads, lines)


def grouped(rows: Sequence[Row]) -> str:
    """What each method took and found in each library."""
    heads = ["Method", "library", "faces", "seconds", "grows as n^", "CPU seconds", "peak MB"]
    heads += ["faces' own MB", "BCubed P / R / F", "pairwise F", "placed", "people found"]
    lines = []
    for (method, growth), these in groupby(sorted(rows, key=_series), _series):
        grown = exponents(list(these_ := list(these)))
        for row, power in zip(these_, grown, strict=True):
            name = f"**`{method}`**" if method == ClusterConfig().method else f"`{method}`"
            first = [name, WAYS[growth], f"{row['faces']:,}"]
            if row["state"] != "done":
                lines.append([*first, _missing(row), *[""] * (len(heads) - 4)])
                continue
            lines.append(
                [
                    *(*first, f"{row['seconds']:.1f}", "" if power is None else f"{power:.2f}"),
                    *(f"{row[key]:.0f}" for key in ("cpu", "peak_mb", "table_mb")),
                    *(score(row["bcubed"]), f"{row['pairwise']['f']:.4f}"),
                    *(f"{row['placed']:.3f}", f"{row['people']:,} of {row['several']:,}"),
                ]
            )
    return table(heads, lines)


def _series(row: Row) -> tuple[str, str]:
    return str(row["method"]), str(row["growth"])


def exponents(rows: Sequence[Row]) -> list[float | None]:
    """How seconds grow from the size before to each one, as a power of the faces; None for the
    first, or where one of the two has no figure. rows: of one method, by ascending size."""
    found: list[float | None] = [None]
    for before, row in pairwise(rows):
        both = before["state"] == row["state"] == "done"
        found.append(power(before, row) if both else None)
    return found[: len(rows)]


def power(small: Row, large: Row) -> float:
    return log(large["seconds"] / small["seconds"]) / log(large["faces"] / small["faces"])


def said(rows: Sequence[Row]) -> list[str]:
    """From FROM faces to the most above, for each method and way of growing that did both."""
    lines = []
    for (method, growth), these in groupby(sorted(rows, key=_series), _series):
        done = {row["faces"]: row for row in these if row["state"] == "done"}
        large = max(done, default=0)
        if FROM in done and large > FROM:
            more = done[large]["bcubed"]["f"] - done[FROM]["bcubed"]["f"]
            lines.append(
                f"- `{method}`, {WAYS[growth]}, from {FROM:,} faces to {large:,}: time grows as "
                f"n^{power(done[FROM], done[large]):.2f}; BCubed F changes by {more:+.4f}."
            )
    return lines


def near(rows: Sequence[Row]) -> str:
    """How many of the near pairs were found."""
    heads = ["Faces", "good", "distance", "pairs found", "seconds", "true pairs looked for"]
    heads += ["recall", "recall, one person", "peak MB"]
    lines = [
        [f"{row['faces']:,}", _missing(row), *[""] * (len(heads) - 2)]
        if row["state"] != "done"
        else [
            *(f"{row['faces']:,}{' (forced)' if row['forced'] else ''}", f"{row['good']:,}"),
            *(f"{row['distance']:.4f}", f"{row['pairs']:,}", f"{row['seconds']:.1f}"),
            *(f"{row['true']:,}", f"{row['recall']:.4f}", f"{row['same_recall']:.4f}"),
            f"{row['peak_mb']:.0f}",
        ]
        for row in rows
    ]
    return table(heads, lines)


def agree(rows: Sequence[Row]) -> str:
    """How alike the forms of a method are."""
    heads = ["Faces", "good", "method", "groups of two or more", "form", "adjusted Rand index"]
    lines = []
    for row in rows:
        if row["state"] != "done":
            lines.append([row["set"], "", f"`{row['method']}`", "", "", _missing(row)])
            continue
        start = [row["set"], f"{row['asked']:,}", f"`{row['method']}`", f"{row['groups']:,}"]
        lines += [[*start, form, f"{value:.4f}"] for form, value in row["ari"].items()]
    return table(heads, lines)
