"""How sure we may be of a grouping: whether the chances that `group` gives come true.

    python -m benchmarks.confidence [FOLDER ...] [--write [FILE]] [--json FILE]

FOLDER holds a folder of pictures a person, and is judged as a library of its own. Without one:
libraries of all kinds (benchmarks/common/libraries.py), of people of LFW and pins44 that the
chances were not fitted to. --write puts the figures into docs/quality.md and reliability.svg beside
it.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.common.known import WHAT, Known, known, known_half, together
from benchmarks.common.libraries import KINDS
from benchmarks.common.process import chosen, parser
from benchmarks.common.reading import Source
from benchmarks.common.reliability import (
    FIRST,
    Chances,
    Curve,
    calibration_error,
    caught_mixed,
    caught_splits,
    curve,
    diagram,
    ranking,
)
from benchmarks.quality.__main__ import DATA, ROOT
from benchmarks.quality.tables import write
from facecluster.cluster.confidence.chances import chance
from facecluster.cluster.tuning import DEFAULT
from facecluster.errors import FaceclusterError

MARK = "python -m benchmarks.confidence --write"
ALL = "all"
WEIGHTS = {what: getattr(DEFAULT.weights, what) for what in WHAT}
PICTURE = "reliability.svg"
MADE = """\
## How sure we may be

Each face has a chance of being of its person, each person one of being one person, and each pair of
people that are near one of being the same. They are three logistic models
(`facecluster/cluster/confidence/chances.py`), fitted by `python -m fitting.confidence` to groupings
of libraries built of the people of LFW's `peopleDevTrain` and 30 of the 44 people of pins44, and
judged here on libraries of the other people alone. What counts: the face nearest to the middle of
each photo, people whose faces are mostly such ones, and the pairs of them that are near.

![Share that is so over the chance given, for faces, people and pairs]({picture})

The calibration error is the expected one of Guo et al. (2017), with ten bins; the ranking is the
chance that of two answers the right one is thought surer. The numbers at the points of the picture
are those of the answers in each bin. Model `{model}`, libraries drawn by seed {seed}.
"""
LISTS = """\
What the first {first} entries of the report's lists catch. A person is mixed when a second name has
two of its faces or a third of them; whoever was found as n people is split n - 1 times.
"""


def chances(libraries: Sequence[Known], what: str) -> Chances:
    """What the shipped weights say of all of them."""
    return chance(together(libraries, what).evidence, WEIGHTS[what])


def rows(libraries: Sequence[Known]) -> Iterator[dict[str, Any]]:
    """Calibration for all libraries together and for each kind, of each of WHAT."""
    kinds = list(dict.fromkeys(library.kind for library in libraries))
    for kind in [*([ALL] if len(libraries) > 1 else []), *kinds]:
        these = [library for library in libraries if kind in (ALL, library.kind)]
        for what in WHAT:
            so, sure = together(these, what).so, chances(these, what)
            yield {
                "kind": kind,
                "libraries": len(these),
                "what": what,
                "answers": len(so),
                "so": int(so.sum()),
                "error": calibration_error(sure, so),
                "ranking": ranking(sure, so),
            }


def lists(libraries: Sequence[Known]) -> Iterator[dict[str, Any]]:
    """What the first entries of both lists catch, of each library."""
    for library in libraries:
        people, pairs = library.answers["people"], library.answers["pairs"]
        mixed = caught_mixed(chances([library], "people"), people.so)
        sure, least = chances([library], "pairs"), DEFAULT.weights.least
        split = caught_splits(sure, pairs.so, library.pairs, library.splits, least)
        yield {"kind": library.kind, "mixed": asdict(mixed), "split": asdict(split)}


def figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def said(list_row: dict[str, Any], what: str) -> str:
    found = list_row[what]
    return (
        f"caught {found['caught']} of {found['real']}; "
        f"of the {found['shown']} shown, {found['right']} are right"
    )


def markdown(judged: Sequence[dict[str, Any]], listed: Sequence[dict[str, Any]], told: str) -> str:
    """The section of docs/quality.md. told: MADE, filled in."""
    head = " | ".join(f"{what}: answers, error, ranking" for what in WHAT)
    lines = [f"| Libraries | {head} |", "|---" * (len(WHAT) + 1) + "|"]
    for kind in dict.fromkeys(row["kind"] for row in judged):
        these = [row for row in judged if row["kind"] == kind]
        name = f"{kind}: {KINDS[kind]}" if kind in KINDS else kind
        times = f" ({these[0]['libraries']} times)" if these[0]["libraries"] > 1 else ""
        cells = [
            f"{row['answers']:,}, {figure(row['error'])}, {figure(row['ranking'])}" for row in these
        ]
        lines.append(f"| {name}{times if kind != ALL else ''} | {' | '.join(cells)} |")
    table = ["| Library | probably several people | probably the same person |", "|---|---|---|"]
    table += [f"| {row['kind']} | {said(row, 'mixed')} | {said(row, 'split')} |" for row in listed]
    return "\n".join([told, *lines, "", LISTS.format(first=FIRST), *table, ""])


def show(judged: Sequence[dict[str, Any]], listed: Sequence[dict[str, Any]]) -> None:
    print(f"{'libraries':<16}{'what':<8}{'answers':>8}{'so':>8}{'error':>8}{'ranking':>9}")
    for row in judged:
        print(
            f"{row['kind'][:15]:<16}{row['what']:<8}{row['answers']:>8}{row['so']:>8}"
            f"{figure(row['error']):>8}{figure(row['ranking']):>9}"
        )
    for row in listed:
        print(f"{row['kind'][:15]:<16}mixed: {said(row, 'mixed')}")
        print(f"{'':<16}split: {said(row, 'split')}")


def curves(libraries: Sequence[Known]) -> dict[str, Curve]:
    return {what: curve(chances(libraries, what), together(libraries, what).so) for what in WHAT}


def main() -> int:
    made = parser(__doc__)
    made.add_argument(
        "--write", nargs="?", type=Path, const=ROOT / "docs/quality.md", metavar="FILE"
    )
    made.add_argument("--seed", type=int, default=0, help="of who is judged, and of the libraries")
    made.add_argument("--threads", type=int, default=0, help="for reading, 0: one a core")
    made.add_argument("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    made.add_argument("--cache", type=Path, default=ROOT / ".cache" / "quality")
    options = made.parse_args()
    try:
        source = Source(options.cache, threads=options.threads)
        if options.folders:
            folders = chosen(options.folders, ())
            judged = [known(path.name, source.album(path), source.model) for path in folders]
        else:
            judged = known_half(source, options.data, 1, options.seed)
    except FaceclusterError as error:
        print(error)
        return 1
    found = list(rows(judged))
    listed = [row for row in lists(judged) if options.folders or row["kind"] in ("lfw", "mix")]
    show(found, listed)
    if options.json:
        options.json.write_text(json.dumps({"rows": found, "lists": listed}, indent=1), "utf-8")
    if options.write:
        told = MADE.format(model=source.model.name, seed=options.seed, picture=PICTURE)
        write(options.write, markdown(found, listed, told), MARK)
        options.write.with_name(PICTURE).write_bytes(diagram(curves(judged)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
