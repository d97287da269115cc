"""Who is served how well: false accepts, missed pairs and folders by age, gender and origin.

    python -m benchmarks.alike [FOLDER] [--half judge|fit|both] [--model FILE] [--method NAME]
        [--write [FILE]] [--json FILE]

FOLDER holds pictures of strangers, one of each, that are called as in UTKFace (027_f_asian_003.jpg:
age, gender, origin, number); without one, ../shared/data/utk. Pictures are in the half to fit or
the half to judge by their names, people of LFW and pins44 as in benchmarks/common/libraries.py.
Faces are kept in .cache/quality. --write puts a section into docs/quality.md, alike.svg beside it,
and a short one into the model card.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.alike import tables
from benchmarks.alike.accepts import Nearness, times
from benchmarks.alike.apart import folders
from benchmarks.alike.families import ADULTS, PLAN, STRANGERS, casts, compose, judged, scores
from benchmarks.alike.kinds import HALVES, REFERENCE
from benchmarks.alike.missed import again, gaps, missed
from benchmarks.alike.strangers import Strangers, strangers
from benchmarks.common.albums import Album, of_people, people_with, pour
from benchmarks.common.grouping import Task, ours
from benchmarks.common.libraries import FITTED_PEOPLE, halves, names_in
from benchmarks.common.options import chosen, parser
from benchmarks.common.places import DATA, DOCS, KEPT_FACES, ROOT
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from facecluster.config import METHODS, ClusterConfig
from facecluster.errors import FaceclusterError

Row = dict[str, Any]


def arguments() -> argparse.Namespace:
    made = parser(__doc__)
    add = made.add_argument
    add("--half", choices=(*HALVES, "both"), default="judge", help="of pictures and people")
    add("--model", type=Path, help="an ONNX embedder, instead of the shipped one")
    add("--method", choices=METHODS, default=ClusterConfig().method, help="of the albums")
    add("--write", nargs="?", type=Path, const=DOCS / "quality.md", metavar="FILE")
    add("--card", type=Path, default=ROOT / "export" / "README.md", help="the model card")
    add("--seed", type=int, default=0, help="of the made pictures and the families")
    add("--threads", type=int, default=0, help="for reading, 0: one per core")
    add("--data", type=Path, default=DATA, help="the folder of utk, lfw and pins44")
    add("--cache", type=Path, default=KEPT_FACES, help="where faces are kept")
    return made.parse_args()


def adults(source: Source, data: Path, half: str) -> dict[str, Album]:
    """People with several pictures by the name of their set; none where the sets are missing."""
    roots = [(data / folder).resolve() for folder in FOLDERS.values()]
    if not all(root.is_dir() for root in roots):
        return {}
    many, few = map(source.album, roots)
    if half != "both":
        two = halves(many, few, names_in(data / FITTED_PEOPLE), 0)[HALVES.index(half)]
        many, few = two.many, two.few
    return dict(zip(FOLDERS, (many, few), strict=True))


def of_pairs(shown: Strangers, twice: Album, model_distance: float, seed: int) -> Row:
    """False accepts and missed pairs of each kind, within the model's distance for grouping and
    within that at which kinds are compared. twice: two made pictures of each of `shown`."""
    near = Nearness(shown.embeddings, shown.kinds[shown.found])
    limits = {"default": model_distance, "fair": near.limit()}
    apart, kinds = gaps(twice), near.there
    rows: dict[str, Row] = {
        kind: {
            "faces": int((near.kinds == kind).sum()),
            "unfound": int(((shown.kinds == kind) & (shown.main < 0)).sum()),
            "pairs": near.pairs(kind),
            "twice": near.twice(kind),
            "made": int((~np.isnan(apart[shown.kinds == kind])).sum()),
        }
        for kind in kinds
    }
    told: Row = {}
    for name, limit in limits.items():
        rates = dict(near.rates(limit, seed))
        for kind, rate in rates.items():
            mine = apart[(shown.kinds == kind) & ~np.isnan(apart)]
            lost = float((mine > limit).mean()) if len(mine) else float("nan")
            rows[kind][name] = asdict(rate) | {"missed": lost}
        if rates:
            worst, best, ratio = times(rates, {kind: near.pairs(kind) for kind in kinds})
            mine = rates[REFERENCE].within if REFERENCE in rates else 0.0
            told[name] = {"worst": worst, "best": best, "times": ratio, "reference": REFERENCE}
            told[name]["of_reference"] = rates[worst].within / mine if mine else None
    return {"compared": near.compared, "limits": limits, "kinds": rows, "times": told}


def of_families(
    source: Source, shown: Strangers, sets: dict[str, Album], method: str, seed: int
) -> Row:
    """BCubed of children and adults in albums of families, all of them together."""
    names = shown.album.names
    parents = [of_people(album, people_with(album, PLAN.parent)) for album in sets.values()]
    elders = [name for album in parents for name in album.sizes]
    labels = {str(names[row]): shown.labels[row] for row in shown.found}
    drawn = casts(labels, elders, seed)
    children = {name for cast in drawn for home in cast.children for name in home}
    rows = np.nonzero(np.isin(names, sorted(children)))[0]
    more = again(source, shown, rows, range(1, PLAN.pictures), seed)
    pool = pour([shown.album, more, *parents])
    found = []
    for number, cast in enumerate(drawn):
        groups = dict.fromkeys(cast.strangers, STRANGERS)
        groups |= {name: ADULTS for home in cast.adults for name in home}
        groups |= {name: labels[name].kind for home in cast.children for name in home}
        album = compose(of_people(pool, sorted(groups)), cast, groups, seed + number)
        task = Task(method, source.told)
        found.append(judged(album, ours(album.faces, task, source.model)))
    mixed, made = (sum(getattr(one, what) for one in found) for what in ("mixed", "made"))
    who = {"albums": len(drawn), "children": len(children), "mixed": mixed, "folders": made}
    return who | {"scores": scores(found)}


def measure(options: argparse.Namespace, source: Source) -> Row:
    """Everything that the tables show."""
    root = chosen(options.folders, [options.data / "utk"])[0]
    shown = strangers(source, root, options.half)
    twice = again(source, shown, np.arange(len(shown.paths)), range(2), options.seed)
    sets = adults(source, options.data, options.half)
    pairs = of_pairs(shown, twice, source.model.distance, options.seed)
    labels = ours(shown.album.faces, Task(options.method, source.told), source.model)
    about = {"folder": root.name, "model": source.model.name, "half": options.half}
    about |= {"method": options.method, "seed": options.seed, "pictures": len(shown.paths)}
    return about | {
        "again": shown.again,
        **pairs,
        "sets": dict(_missed(sets, pairs["limits"])),
        "apart": asdict(folders(shown, labels)),
        "families": of_families(source, shown, sets, options.method, options.seed),
    }


def _missed(sets: dict[str, Album], limits: dict[str, float]) -> Iterator[tuple[str, Row]]:
    for name, album in sets.items():
        yield name, missed(of_people(album, people_with(album, 2)), limits)


def main() -> int:
    options = arguments()
    try:
        source = Source(options.cache, options.model, options.threads)
        told = measure(options, source)
    except FaceclusterError as error:
        print(error)
        return 1
    tables.show(told)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1), "utf-8")
    if options.write:
        tables.write(options.write, options.card, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
