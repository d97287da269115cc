"""Sections of pages, and templates that are filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from benchmarks.common import pages

MARK, TITLE = "python -m benchmarks.toy --write", "# Toys\n"


def test_writing_keeps_what_stands_around(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "toys.md"
    begin, end = pages.edges(MARK)
    pages.write(path, "first\n", MARK, TITLE)
    assert path.read_text().startswith(TITLE)
    path.write_text(path.read_text() + "\n## By hand\n")
    pages.write(path, "second\n", MARK, TITLE)
    text = path.read_text()
    assert "first" not in text
    assert text.index(begin) < text.index("second") < text.index(end)
    assert text.endswith(f"{end}\n\n## By hand\n")
    pages.write(path, "second\n", MARK, TITLE)
    assert path.read_text() == text


def test_sections_of_one_page_are_apart(tmp_path: Path) -> None:
    page, other = tmp_path / "toys.md", f"{MARK} --other"
    for mark in (MARK, other):
        pages.write(page, f"old {mark}\n", mark, TITLE)
    pages.write(page, "new\n", MARK, TITLE)
    text = page.read_text()
    assert text.startswith(TITLE)
    assert f"old {MARK}\n" not in text
    assert text.index("new") < text.index(f"old {other}\n")


def test_a_name_that_nobody_gives_is_an_error(tmp_path: Path) -> None:
    template = tmp_path / "toy.md.j2"
    template.write_text("{{ given }} {{ missing }}\n")
    with pytest.raises(UndefinedError, match="missing"):
        pages.render(template, given=1)


@pytest.mark.parametrize("spec", [".2f", ",", ".0f", ".0e", "g"])
def test_numbers_are_written_as_python_writes_them(spec: str, tmp_path: Path) -> None:
    template = tmp_path / "toy.md.j2"
    template.write_text(f'{{{{ number | fmt("{spec}") }}}}\n')
    for number in (0.125, 2.675, 1234567.891, 1e-9):
        assert pages.render(template, number=number) == f"{number:{spec}}\n"


def test_blocks_leave_no_empty_lines(tmp_path: Path) -> None:
    template = tmp_path / "toy.md.j2"
    template.write_text("a\n{% for x in some %}\n| {{ x }} |\n{% endfor %}\nb\n")
    assert pages.render(template, some=[1, 2]) == "a\n| 1 |\n| 2 |\nb\n"


def test_a_table_has_every_cell() -> None:
    made = pages.table(["a", "b"], [["1", "2"], ["3", ""]])
    assert made == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n"
