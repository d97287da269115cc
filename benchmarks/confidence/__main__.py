"""How sure we may be of a grouping: whether the chances that `group` gives come true.

    python -m benchmarks.confidence [FOLDER ...] [--write [FILE]] [--json FILE]

FOLDER holds one folder of pictures per person, and is judged as a library of its own. Without one:
libraries of all kinds (benchmarks/common/libraries.py), of people of LFW and pins44 that the
chances were not fitted to. --write puts the figures into docs/quality.md and reliability.svg beside
it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.common import pages
from benchmarks.common.known import WHAT, Known, known, known_half, together
from benchmarks.common.options import chosen, parser
from benchmarks.common.places import DATA, DOCS, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.reliability import Chances, Curve, calibration_error, curve, ranking
from benchmarks.confidence.diagram import diagram
from benchmarks.confidence.lists import caught_mixed, caught_splits
from benchmarks.confidence.tables import ALL, MARK, PICTURE, markdown, show
from facecluster.cluster.confidence.chances import chance
from facecluster.cluster.tuning import DEFAULT
from facecluster.errors import FaceclusterError

WEIGHTS = {what: getattr(DEFAULT.weights, what) for what in WHAT}


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


def curves(libraries: Sequence[Known]) -> dict[str, Curve]:
    return {what: curve(chances(libraries, what), together(libraries, what).so) for what in WHAT}


def main() -> int:
    made = parser(__doc__)
    made.add_argument("--write", nargs="?", type=Path, const=DOCS / "quality.md", metavar="FILE")
    made.add_argument("--seed", type=int, default=0, help="of who is judged, and of the libraries")
    made.add_argument("--threads", type=int, default=0, help="for reading, 0: one per core")
    made.add_argument("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    made.add_argument("--cache", type=Path, default=KEPT_FACES)
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
        text = markdown(found, listed, source.model.name, options.seed)
        pages.write(options.write, text, MARK, pages.QUALITY_TITLE)
        options.write.with_name(PICTURE).write_bytes(diagram(curves(judged)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
