"""What the page of the scale benchmark says of its rows."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.scale import page, tables
from benchmarks.scale.crowds import GROW, POUR


def row(faces: int, seconds: float, f: float, growth: str = GROW) -> dict[str, Any]:
    score = {"precision": f, "recall": f, "f": f}
    return {
        **{"work": "group", "method": "auto", "state": "done", "faces": faces, "cpu": seconds},
        "growth": growth,
        **{"seconds": seconds, "peak_mb": 800.0, "table_mb": 500.0, "people": 3, "several": 4},
        **{"bcubed": score, "pairwise": score, "placed": 0.9, "poor_placed": 0.1},
    }


def test_growth_and_loss_are_told() -> None:
    over = {"work": "group", "method": "auto", "state": "over the limit", "limit": 9.0}
    rows = [row(10, 1.0, 0.9), row(100, 100.0, 0.9), over | {"faces": 1000, "growth": GROW}]
    assert tables.exponents(rows) == [None, pytest.approx(2), None]
    text = tables.grouped([*rows, row(100, 5.0, 0.9, POUR)])
    assert "| **`auto`** | grown | 100 | 100.0 | 2.00 |" in text
    assert "| **`auto`** | grown | 1,000 | over 9 s |" in text
    assert "| **`auto`** | poured | 100 | 5.0 |  |" in text
    large = [row(100_000, 10.0, 0.95), row(300_000, 20.0, 0.94), row(1_000_000, 200.0, 0.93)]
    poured = [row(100_000, 10.0, 0.95, POUR), row(300_000, 30.0, 0.96, POUR)]
    grown, other = tables.said([*poured, *large])
    assert "`auto`, grown, from 100,000 faces to 1,000,000" in grown
    assert "time grows as n^1.30; BCubed F changes by -0.0200" in grown
    assert "`auto`, poured, from 100,000 faces to 300,000" in other
    assert "time grows as n^1.00; BCubed F changes by +0.0100" in other


def test_lines_of_the_page_are_short_whatever_is_filled_in() -> None:
    text = "## A head\n\nOn {machine}, " + "some words " * 30 + "\n\n- " + "a point " * 30
    lines = page.broken(text.format(machine="Processor " * 12)).split("\n")
    assert all(len(line) <= 100 for line in lines)
    assert lines[0] == "## A head"
    assert lines[-2].startswith("  ")
    assert " ".join(" ".join(lines).split()).count("a point") == 30
    assert page.broken("| " + "cell | " * 40) == "| " + "cell | " * 39 + "cell |\n"


def near_row(faces: int) -> dict[str, Any]:
    return {
        **{"work": "near", "method": "-", "state": "done", "growth": GROW, "faces": faces},
        **{"good": 9, "forced": True, "distance": 0.05, "pairs": 1234, "seconds": 2.0},
        **{"true": 77, "recall": 0.99, "same_recall": 1.0, "peak_mb": 99.0},
    }


def told(**more: Any) -> dict[str, Any]:
    spread = {"within": {}, "between": {}, "table": [(0.1, 0.1168)], "good": {}}
    bare = {"real": ["lfw", "pins44"], "growth": [GROW, POUR], "seed": 7, "drawn": 30_000}
    run = {"cores": 2, "limit": 1800.0, "most": 300_000, "spread": spread}
    return bare | run | {"libraries": [], "rows": [], "agree": []} | more


def test_the_page_has_a_part_for_what_was_measured_only() -> None:
    bare = page.markdown(told())
    assert [line for line in bare.split("\n") if line.startswith("## ")] == ["## The faces"]
    assert "chance (seed 7)." in " ".join(bare.split())
    assert "stand in" not in bare
    assert "**These figures were made without real faces" in page.markdown(told(real=["stand-ins"]))


def test_the_page_has_every_row() -> None:
    libraries = [
        {
            "growth": growth,
            "faces": n,
            "people": n // 3,
            "several": n // 5,
            "largest": 7,
            "pairs": 2.0,
        }
        for growth in (GROW, POUR)
        for n in (1000, 2000)
    ]
    grouped = [row(n, n / 100, 0.9, growth) for growth in (GROW, POUR) for n in (100_000, 300_000)]
    agree = {"work": "agree", "set": "real", "method": "kmeans", "state": "done", "asked": 10_000}
    text = page.markdown(
        told(
            libraries=libraries,
            rows=[*grouped, near_row(1000), near_row(2000)],
            agree=[agree | {"groups": 4, "ari": {"mini-batches": 0.95}}],
        )
    )
    heads = [line for line in text.split("\n") if line.startswith("## ")]
    assert heads == [
        "## The faces",
        "## Two ways to grow",
        "## Time, memory and groups",
        "## Neighbours",
        "## The forms of a method",
    ]
    for each in libraries:
        way = tables.WAYS[each["growth"]]
        assert f"| {way} | {each['faces']:,} | {each['people']:,} | {each['several']:,} |" in text
    for each in grouped:
        assert (
            f"| {tables.WAYS[each['growth']]} | {each['faces']:,} | {each['seconds']:.1f} |" in text
        )
    assert text.count("- `auto`, ") == 2
    assert "| 1,000 (forced) | 9 |" in text
    assert "| 2,000 (forced) | 9 |" in text
    assert "| mini-batches | 0.9500 |" in text
    assert "\n\n\n" not in text
    assert all(len(line) <= page.WIDTH or line[0] in "|!" for line in text.split("\n"))
