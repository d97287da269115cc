"""What the quality benchmark says of its rows: lines, and tables on the page."""

from __future__ import annotations

from typing import Any

from benchmarks.common.albums import Model
from benchmarks.quality import tables

MODEL = Model(id="7/eye/face", name="toy", distance=0.0625, far_table=(), faces=True, fitted=True)


def row(name: str, method: str, f: float) -> dict[str, Any]:
    score = {"precision": f, "recall": f, "f": f}
    return {
        **{"set": name, "method": method, "pairwise": score, "bcubed": score, "coverage": 0.5},
        **{"people": 3, "several": 4, "true_people": 9, "photos": 1234, "faces": 1300},
        **{"seconds": 1.25, "peak_mb": 99.6},
    }


def test_a_table_a_set_and_the_mean_of_them() -> None:
    rows = [row(name, method, f) for name, f in (("lfw", 0.9), ("mine", 0.7))
            for method in ("agglomerative", "FINCH, partition 1")]  # fmt: skip
    text = tables.markdown(rows, MODEL, seed=5)
    assert "`toy` (default distance\n0.0625, reader `7/eye/face`)" in text
    assert "drawn by seed 5" in text
    assert [part.split("\n")[0] for part in text.split("\n## ")[1:]] == [
        "lfw",
        "mine",
        "Mean over these sets",
    ]
    assert "1,234 photos of 9 people, 1,300 faces." in text
    scores = "0.900 / 0.900 / 0.9000"
    assert f"| `agglomerative` | {scores} | {scores} | 0.500 | 3 of 4 | 1.25 | 100 |" in text
    assert "| FINCH, partition 1 | 0.8000 | 0.8000 | 0.7000 |" in text


def test_the_whole_command_has_a_table_of_its_own() -> None:
    rows = [row("lfw", "kmeans", 0.9), row("lfw", "kmeans", 0.8) | {"whole": True}]
    text = tables.markdown(rows, MODEL, seed=0)
    assert "| lfw | 0.8000 | 0.8000 | 1.2 | 100 |" in text
    assert text.count("0.8000") == 2
    assert "Mean over" not in text


def test_the_line_has_every_figure() -> None:
    words = tables.line(row("part of pins44", "hdbscan", 0.5)).split()
    assert words[-6:] == ["0.500", "3", "of", "4", "1.25", "100"]
    assert len(tables.HEAD.split("pairwise")[0]) == tables.line(row("x", "y", 0.5)).index("0.500")
