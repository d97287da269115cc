"""Which copies of a photo are known as copies, and is any other photo taken for one?

    python -m benchmarks.copies [FOLDER …] [--photos 300] [--all]

Without a FOLDER: lfw, pins44 and photos. Photos drawn from these are resized, compressed, edited
and cut (`edits.py`) and read as `facecluster group` reads them, all in one library. The share of
copies of each kind that count as the photo that they were made of is printed, and every pair of
drawn photos that counts as one although nobody made it so. `--all` looks for such pairs among all
photos of the folders. Research sets hold photos twice, so these pairs are to be looked at.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from benchmarks.common.options import chosen, parser
from benchmarks.common.places import LFW, PHOTOS, PINS
from benchmarks.copies.edits import EDITS
from facecluster.cluster.copies.find import find_copies
from facecluster.config import ReadConfig, ScanConfig
from facecluster.library.index import Index
from facecluster.photos.scan import scan
from facecluster.reading import Reader, read_photos

LONGEST = 1600  # px of a drawn photo: larger ones say nothing more, but take long


@dataclass(frozen=True, slots=True)
class Row:
    """copies: with a face, of photos with one. known: those that count as their photo."""

    kind: str
    copies: int
    known: int


def sets(reader: Reader, root: Path) -> dict[str, int]:
    """By path of a photo with faces, the set of copies that it is in, as a number."""
    files = scan(root, ScanConfig()).files
    with Index(root / "unused.db", reader.id, keep=False) as index:
        index.add(read_photos(reader, root, files, (), _no_thumbnails))
        photos, faces = index.load(files, {})
    found = find_copies(photos, faces, reader.embedder.spec.distance)
    rows, first = np.unique(faces.photo, return_index=True)
    pictures = found.picture[first].tolist()
    return {photos[row].path: set_ for row, set_ in zip(rows.tolist(), pictures, strict=True)}


def _no_thumbnails(digest: str, files: list[bytes]) -> None:
    """Nobody looks at these."""


def make(paths: Sequence[Path], folder: Path, chance: random.Random) -> None:
    """Write each photo and all its copies: `NUMBER/photo.png` and `NUMBER/KIND.jpg`."""
    for number, path in enumerate(paths):
        place = folder / f"{number:05}"
        place.mkdir()
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file).convert("RGB")
        picture.thumbnail((LONGEST, LONGEST))
        picture.save(place / "photo.png")
        for kind, edit in enumerate(EDITS):
            edit.save(picture, str(place / f"{kind:02}.jpg"), chance)


def judged(found: dict[str, int], count: int) -> tuple[list[Row], list[tuple[str, str]]]:
    """A row for each kind, and the pairs of photos that count as one though they are two."""
    photos = {n: found[path] for n in range(count) if (path := f"{n:05}/photo.png") in found}
    rows = []
    for kind, edit in enumerate(EDITS):
        same = [
            found[path] == photos[n] for n in photos if (path := f"{n:05}/{kind:02}.jpg") in found
        ]
        rows.append(Row(edit.name, len(same), sum(same)))
    return rows, together({str(n): set_ for n, set_ in photos.items()})


def together(found: dict[str, int]) -> list[tuple[str, str]]:
    """Pairs of paths in one set."""
    members: dict[int, list[str]] = {}
    for path, set_ in found.items():
        members.setdefault(set_, []).append(path)
    return [pair for paths in members.values() for pair in combinations(paths, 2)]


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--photos", type=int, default=300, help="drawn from all folders")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--all", action="store_true", help="also look at all photos as they are")
    given = options.parse_args()
    folders = chosen(given.folders, (LFW / "images", PINS, PHOTOS))
    chance, reader = random.Random(given.seed), Reader(ReadConfig())
    paths = [root / file.path for root in folders for file in scan(root, ScanConfig()).files]
    drawn = chance.sample(paths, min(given.photos, len(paths)))
    with tempfile.TemporaryDirectory() as folder:
        make(drawn, Path(folder), chance)
        rows, pairs = judged(sets(reader, Path(folder)), len(drawn))
    for row in rows:
        share = row.known / row.copies if row.copies else 1.0
        print(f"{share:7.1%} of {row.copies:4}  {row.kind}")
    told = [(str(drawn[int(a)]), str(drawn[int(b)])) for a, b in pairs]
    if given.all:
        told += [(f"{root}/{a}", f"{root}/{b}") for root in folders
                 for a, b in together(sets(reader, root))]  # fmt: skip
    print(f"{len(told)} pairs of photos count as one:")
    for one, other in told:
        print(f"  {one}  {other}")
    if given.json:
        given.json.write_text(json.dumps({"kinds": [asdict(r) for r in rows], "pairs": told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
