"""What is said of who is served how well: every figure has its place, and others stay around."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.alike import tables
from benchmarks.alike.kinds import REFERENCE
from benchmarks.common import pages

KINDS = {"0 to 2 years": 0.5, "white men": 0.001, "asian women": 0.0}


def told(bare: bool = False) -> dict[str, Any]:
    """bare: without the sets of adults."""

    def found(share: float) -> dict[str, Any]:
        ends = {"low": share / 2, "high": 2 * share, "count": round(1000 * share)}
        return {"within": share, **ends, "against": share / 10, "missed": 0.07}

    kinds = {
        kind: {"faces": 40, "unfound": 1, "pairs": 1000, "twice": 2, "made": 39}
        | {"default": found(share), "fair": found(share / 5)}
        for kind, share in KINDS.items()
    }
    ratio = {"worst": "0 to 2 years", "best": "asian women", "times": 1000.0}
    ratio |= {"reference": REFERENCE, "of_reference": 500.0}
    score = {"faces": 1200, "precision": 0.5, "recall": 1.0, "f": 2 / 3}
    return {
        **{"folder": "mine", "model": "toy", "half": "judge", "method": "auto", "seed": 3},
        **{"pictures": 2967, "again": 32, "kinds": kinds, "compared": REFERENCE},
        "limits": {"default": 0.061, "fair": 0.0738},
        "times": {"default": ratio, "fair": ratio | {"times": 200.0}},
        "sets": {} if bare else {"lfw": {"default": 0.131, "fair": 0.05, "people": 1496}},
        "apart": {
            **{"precision": {kind: 1 - share for kind, share in KINDS.items()}},
            **{"placed": KINDS, "all": 0.7, "faces": 120, "folders": 3, "largest": 40},
            "sizes": [40, 3, 2],
        },
        "families": {
            **{"albums": 12, "children": 92, "folders": 66, "mixed": 20},
            "scores": {"everybody": score, "children": score},
        },
    }


def test_every_kind_has_a_row_in_every_table() -> None:
    text = tables.markdown(told())
    cells = "| 40 | 500 (250 to 1,000) | 50 | 0.07 | 100 (50 to 200) | 10 | 0.07 |"
    assert f"| 0 to 2 years {cells}" in text
    assert "| asian women | 40 | 0 (0 to 0) | 0 | 0.07 |" in text
    assert "| 0 to 2 years | 0.500 | 0.500 |" in text
    assert "0 to 2 years: 1,000 times as often as among asian women, 500 times as often as" in text
    assert "on 2847 no face is found" in text
    assert "| lfw | 1,496 | 0.13 | 0.05 |" in text
    assert "largest of 40, 3, 2 faces." in text
    assert "| children | 1,200 | 0.500 / 1.000 / 0.6667 |" in text
    assert "half to judge of `mine`, seed 3" in text


@pytest.mark.parametrize("template", ["alike.md.j2", "card.md.j2"])
@pytest.mark.parametrize("bare", [False, True])
def test_tables_have_a_cell_for_each_head(template: str, bare: bool) -> None:
    text = tables.markdown(told(bare), template)
    parts = [part for part in text.split("\n\n") if "|---" in part]
    assert len(parts) == (1 if template == "card.md.j2" else 3 if bare else 4)
    for part in parts:
        lines = [line for line in part.strip().split("\n") if line.startswith("|")]
        assert len({line.count("|") for line in lines}) == 1


def test_the_card_names_the_best_first_and_the_worst_last() -> None:
    text = tables.markdown(told(), "card.md.j2")
    places = [text.index(f"| {kind} |") for kind in ("asian women", "white men", "0 to 2 years")]
    assert places == sorted(places)
    assert "| 0 to 2 years | 500 | 0.500 |" in text
    assert "the folders of 0 to 2 years are the least right" in text


def test_the_terminal_shows_every_kind_at_both_distances(capsys) -> None:
    tables.show(told())
    said = capsys.readouterr().out
    assert all(said.count(f"\n{kind} ") == 3 for kind in KINDS)
    assert "within 0.0610 (default)" in said
    assert "within 0.0738 (fair)" in said


def test_writing_keeps_what_stands_around(tmp_path: Path) -> None:
    page, card = tmp_path / "docs" / "quality.md", tmp_path / "export" / "README.md"
    for path in (page, card):
        path.parent.mkdir()
        path.write_text("# Mine\n\nabove\n")
    tables.write(page, card, told())
    for path in (page, card):
        path.write_text(path.read_text() + "\n## Below\n")
    tables.write(page, card, told(bare=True))
    for path in (page, card):
        text = path.read_text()
        assert text.startswith("# Mine\n\nabove\n")
        assert text.endswith(f"{pages.edges(tables.MARK)[1]}\n\n## Below\n")
        assert text.count("## Who is served how well\n") == 1
    first = (page.parent / tables.PICTURE).read_bytes()
    tables.write(page, card, told())
    assert (page.parent / tables.PICTURE).read_bytes() == first
    assert b"</svg>" in first
    assert b"asian women" in first


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.000086, "8.6e-05"), (0.0012, "0.0012"), (0.518, "0.52"), (1, "1"), (5.94, "5.9"),
     (517.96, "518"), (6024.2, "6,024"), (float("nan"), "-")],
)  # fmt: skip
def test_shares_have_two_digits_that_say_something(value: float, said: str) -> None:
    assert tables.rate(value) == said
