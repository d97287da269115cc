"""What is said of chances: every row is there, with its figures."""

from __future__ import annotations

from typing import Any

from benchmarks.common.known import WHAT
from benchmarks.common.libraries import KINDS
from benchmarks.confidence.tables import ALL, markdown, show

LISTS = [
    {
        "kind": kind,
        "mixed": {"caught": caught, "real": 7, "right": caught, "shown": 20},
        "split": {"caught": 1, "real": 2, "right": 3, "shown": 4},
    }
    for kind, caught in (("lfw", 5), ("mix", 6))
]


def rows(kind: str, libraries: int) -> list[dict[str, Any]]:
    figures = {"answers": 1234, "so": 1200, "error": 0.0126, "ranking": float("nan")}
    return [{"kind": kind, "libraries": libraries, "what": what} | figures for what in WHAT]


def test_a_row_for_each_kind_and_each_list() -> None:
    judged = [*rows(ALL, 4), *rows("mix", 3), *rows("mine", 1)]
    text = markdown(judged, LISTS, "toy", 5)
    cells = " | ".join(["1,234, 0.013, -"] * len(WHAT))
    assert f"| all | {cells} |" in text
    assert f"| mix: {KINDS['mix']} (3 times) | {cells} |" in text
    assert f"| mine | {cells} |" in text
    assert "| lfw | caught 5 of 7; of the 20 shown, 5 are right | caught 1 of 2;" in text
    assert "| mix | caught 6 of 7; of the 20 shown, 6 are right | caught 1 of 2;" in text
    assert "Model `toy`, libraries drawn by seed 5." in text
    assert text.endswith("3 are right |\n")


def test_tables_have_a_cell_for_each_head() -> None:
    text = markdown(rows("mine", 1), LISTS, "toy", 5)
    for table in (part for part in text.split("\n\n") if part.startswith("| Librar")):
        assert len({line.count("|") for line in table.strip().split("\n")}) == 1


def test_the_terminal_shows_every_row(capsys) -> None:
    show(rows("mine", 1), LISTS)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1 + len(WHAT) + 2 * len(LISTS)
    assert said[1].split() == ["mine", "faces", "1234", "1200", "0.013", "-"]
