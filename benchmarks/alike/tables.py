"""Who is served how well, as lines on the terminal, as a section of docs/quality.md and as one of
the model card."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.alike.accepts import RATE, TWICE
from benchmarks.alike.another import CHANGES
from benchmarks.alike.families import PLAN
from benchmarks.alike.plot import plot
from benchmarks.alike.strangers import COPY_BITS
from benchmarks.common import pages

Row = Mapping[str, Any]
TEMPLATES = Path(__file__).parent / "templates"
MARK = "python -m benchmarks.alike --write"
CARD_TITLE = "# Model card of the shipped models\n"
PICTURE = "alike.svg"
HALF_WORDS = {"judge": "half to judge", "fit": "half to fit", "both": "both halves"}


def rate(value: float) -> str:
    """A share, or a number, with two digits that say something; a dash for what nobody knows."""
    if math.isnan(value):
        return "-"
    if value == 0 or value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value < 0.0995 or value >= 0.995 else f"{value:.2f}"


def show(told: Row) -> None:
    limits, found = told["limits"], told["apart"]
    print(f"{told['model']}, {HALF_WORDS[told['half']]} of {told['folder']}: {told['pictures']} "
          f"pictures, {told['again']} left out that show one again")  # fmt: skip
    for name, limit in limits.items():
        print(f"\nwithin {limit:.4f} ({name})")
        print(f"{'kind':<19}{'faces':>6}{'false':>9}{'95 %':>17}{'pairs':>8}{'with all':>10}"
              f"{'missed':>8}")  # fmt: skip
        for kind, row in told["kinds"].items():
            one = row[name]
            print(f"{kind:<19}{row['faces']:>6}{one['within']:>9.5f}{one['low']:>9.5f}"
                  f"{one['high']:>8.5f}{one['count']:>8}{one['against']:>10.5f}"
                  f"{one['missed']:>8.3f}")  # fmt: skip
        if name in told["times"]:
            ratio = told["times"][name]
            print(f"{ratio['worst']}: {ratio['times']:.3g} times {ratio['best']}")
        for of, row in told["sets"].items():
            print(f"missed by {row['people']} people of {of}: {row[name]:.3f}")
    print(f"\nalbum of strangers by {told['method']}: {found['faces']} faces, "
          f"{found['folders']} folders of several, the largest {found['sizes']}, "
          f"precision {found['all']:.3f}")  # fmt: skip
    for kind, value in found["precision"].items():
        print(f"{kind:<19}{value:>9.3f}, {found['placed'][kind]:.3f} of them with somebody else")
    families = told["families"]
    print(
        f"\n{families['albums']} albums of families, {families['children']} children; of "
        f"{families['folders']} folders with children {families['mixed']} hold several of them"
    )
    for who, row in families["scores"].items():
        print(f"{who:<19}{row['faces']:>6} {pages.score(row)}")  # fmt: skip


def markdown(told: Row, template: str = "alike.md.j2") -> str:
    """The section of docs/quality.md, or that of the model card."""
    return pages.render(
        TEMPLATES / template,
        told=told,
        half=HALF_WORDS[told["half"]],
        rate=rate,
        score=pages.score,
        picture=PICTURE,
        share=RATE,
        twice=TWICE,
        bits=COPY_BITS,
        plan=PLAN,
        changes=CHANGES,
        **_ends(told),
    )


def _ends(told: Row) -> Row:
    """The best and the worst of each table, for the words of the model card."""
    apart, kinds = told["apart"]["precision"], told["kinds"]
    most = {kind: row["default"]["within"] for kind, row in kinds.items()}
    return {
        "ranked": sorted(most, key=most.__getitem__),
        "unfound": told["pictures"] - told["apart"]["faces"],
        "least_precise": min(apart, key=apart.__getitem__) if apart else None,
    }


def write(path: Path, card: Path, told: Row) -> None:
    """Put the sections between their markers of both files, and the picture beside the first."""
    pages.write(path, markdown(told), MARK, pages.QUALITY_TITLE)
    pages.write(card, markdown(told, "card.md.j2"), MARK, CARD_TITLE)
    plot(path.with_name(PICTURE), told)
