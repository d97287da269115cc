"""Figures as Markdown: templates filled in, tables, and sections of a page between two marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

QUALITY_TITLE = "# How right the folders are\n"


def render(template: Path, **values: object) -> str:
    """A Jinja template filled in; `value | fmt(".2f")` writes a number as Python's format() does.

    Raises jinja2.UndefinedError for a name that the template asks for and nobody gives.
    """
    shelf = Environment(
        loader=FileSystemLoader(template.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shelf.filters["fmt"] = format
    return shelf.get_template(template.name).render(values)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def score(value: Mapping[str, Any]) -> str:
    """Precision, recall and F as one cell."""
    return f"{value['precision']:.3f} / {value['recall']:.3f} / {value['f']:.4f}"


def machine() -> str:
    """The processor, as far as the system tells, and the number of cores."""
    info = Path("/proc/cpuinfo")
    known = info.read_text("utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in known if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def edges(mark: str) -> tuple[str, str]:
    """The comments before and after a section. mark: the command that writes it."""
    begin, end = (f"<!-- written by {mark}: {place} -->" for place in ("begin", "end"))
    return begin, end


def write(path: Path, text: str, mark: str, title: str) -> None:
    """Put `text` between the two comments that name `mark`; what stands around them stays.

    A section that is not there yet comes last, and a page that is not there gets `title`.
    """
    begin, end = edges(mark)
    whole = path.read_text("utf-8") if path.is_file() else title
    before, begun, rest = whole.partition(begin)
    after = rest.partition(end)[2] if begun else "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before.rstrip()}\n\n{begin}\n\n{text}\n{end}{after}", "utf-8")
