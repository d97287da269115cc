"""Lists of verification pairs in the format of Labeled Faces in the Wild.

The first line counts: `folds pairs`, or `pairs` alone for one fold; each fold has that many same
pairs, `NAME n1 n2`, then as many different ones, `NAME1 n1 NAME2 n2`. A whole number n stands for
the picture NAME/NAME_000n.jpg. Two things are ours: a field that is not a whole number is a file in
the folder NAME, and with `folds same different` on the first line the kinds may differ in number.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster.base.atomic import write_atomic
from facecluster.config import ScanConfig
from facecluster.errors import FaceclusterError
from facecluster.photos.formats import EXTENSIONS
from facecluster.photos.scan import scan

MAX_BYTES = 1 << 27
NAMED = 3  # pictures in a message
Key = tuple[str, int | str]
_NUMBER = re.compile(r"[0-9]{1,18}")
# Tabs and lines are the format's own; stray bytes of a name are kept (surrogates DC80 to DCFF),
# what Windows may have beyond them has no bytes.
_UNLISTED = re.compile("[\0\t\n\r\ud800-\udc7f\udd00-\udfff]")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Verification pairs: picture names `NAME/NAME_0001.jpg`, same bool [P], fold int64 [P]."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    same: NDArray[np.bool_]
    fold: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)


def picture_name(person: str, number: str | int) -> str:
    return f"{person}/{person}_{int(number):04d}.jpg"


def picture_key(name: str) -> Key:
    """What names of one picture share: the class, and the number or else the name without
    extension. `A/A_12.png` and `A/A_0012.jpg` are both ("A", 12)."""
    person, _, file = name.partition("/")
    stem, extension = os.path.splitext(file)
    stem = stem if extension.lower() in EXTENSIONS else file
    number = stem.removeprefix(person + "_")
    return (person, int(number) if number != stem and _NUMBER.fullmatch(number) else stem)


def read_pairs(path: Path) -> Pairs:
    """Read pairs.txt (View 2 of LFW), pairsDev*.txt (View 1, one fold) or what `write_pairs` wrote.

    Fields are apart by tabs, or by spaces in a line without tabs.
    Raises FaceclusterError that names the file and the line.
    """
    lines = _lines(path)
    folds, *kinds = _counts(path, lines[0][1])
    each = sum(kinds)
    if len(lines) - 1 != folds * each:
        raise FaceclusterError(f"{path}: {folds * each} pairs announced, {len(lines) - 1} read")
    first, second, same = [], [], []
    for place, (number, fields) in enumerate(lines[1:]):
        same.append(place % each < kinds[0])
        one, two = _pair(f"{path}, line {number}", fields, same[-1])
        first.append(one)
        second.append(two)
    fold = np.repeat(np.arange(folds, dtype=np.int64), each)
    return Pairs(tuple(first), tuple(second), np.array(same, bool), fold)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Numbers and fields of the lines that are not empty; at least one."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: no file can have this name
        reason = getattr(error, "strerror", None) or str(error)
        raise FaceclusterError(f"{path}: cannot be read ({reason})") from error
    if len(data) > MAX_BYTES:
        raise FaceclusterError(f"{path}: too large for a list of pairs")
    text = data.decode("utf-8-sig", "surrogateescape")
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), start=1)]
    found = [(n, line.split("\t") if "\t" in line else line.split()) for n, line in lines]
    found = [(n, fields) for n, fields in found if any(field.strip() for field in fields)]
    if not found:
        raise FaceclusterError(f"{path}: empty; its first line must say `folds pairs`, as in LFW")
    return found


def _counts(path: Path, fields: list[str]) -> tuple[int, int, int]:
    """Folds, and same and different pairs of each."""
    fields = [field.strip() for field in fields if field.strip()]
    if not 1 <= len(fields) <= 3 or not all(_NUMBER.fullmatch(field) for field in fields):
        raise FaceclusterError(
            f"{path}, line 1: expected counts such as `10 300`: folds, and pairs per fold"
        )
    counts = [int(field) for field in fields]
    if len(counts) == 1:
        counts = [1, *counts]
    if min(counts) < 1:
        raise FaceclusterError(f"{path}, line 1: a count of 0 leaves nothing to compare")
    return counts[0], counts[1], counts[-1]


def _pair(where: str, fields: list[str], same: bool) -> tuple[str, str]:
    wanted = 3 if same else 4
    kind = "a same pair (NAME n1 n2)" if same else "a different pair (NAME1 n1 NAME2 n2)"
    if len(fields) != wanted:
        raise FaceclusterError(f"{where}: expected {kind}, got {len(fields)} fields")
    if not same and fields[0] == fields[2]:
        raise FaceclusterError(f"{where}: expected {kind}, but both names are {fields[0]!r}")
    other = fields[0] if same else fields[2]
    return _name(where, fields[0], fields[1]), _name(where, other, fields[-1])


def _name(where: str, person: str, picture: str) -> str:
    """The picture's name. What would lead out of the folder of pictures is refused."""
    parts = [person, *picture.split("/")]
    bad = any(part in ("", ".", "..") or "\0" in part for part in parts) or "/" in person
    if bad or (os.sep == "\\" and ("\\" in person + picture or ":" in person + picture)):
        raise FaceclusterError(
            f"{where}: {person!r} and {picture!r} are not a class and a picture of it"
        )
    return picture_name(person, picture) if _NUMBER.fullmatch(picture) else f"{person}/{picture}"


def resolve(pairs: Pairs, images: Path) -> Pairs:
    """The same pairs with the real path of every picture inside `images`.

    A number finds its file with any zero padding and any extension of a picture.
    Raises FaceclusterError that names the first few absent pictures and says how many there are.
    """
    if not os.path.isdir(images):
        raise FaceclusterError(f"{images}: there is no such folder of pictures")
    names = sorted({*pairs.first, *pairs.second})
    real = {name: name for name in names if os.path.isfile(images / name)}
    missing = [name for name in names if name not in real]
    for person in sorted({name.partition("/")[0] for name in missing}):
        real |= _others(images, person, [n for n in missing if n.startswith(person + "/")])
    absent = [name for name in names if name not in real]
    if absent:
        some = ", ".join(absent[:NAMED]) + (" …" if len(absent) > NAMED else "")
        of = "picture that the pairs name is" if len(absent) == 1 else "pictures of the pairs are"
        raise FaceclusterError(f"{images}: {len(absent)} {of} not there: {some}")
    return replace(
        pairs,
        first=tuple(real[name] for name in pairs.first),
        second=tuple(real[name] for name in pairs.second),
    )


def _others(images: Path, person: str, names: list[str]) -> dict[str, str]:
    """Pictures of one class that go by another padding or extension."""
    folder = images / person
    if not os.path.isdir(folder):
        return {}
    files: dict[Key, str] = {}
    for file in scan(folder, ScanConfig()).files:
        files.setdefault(picture_key(f"{person}/{file.path}"), f"{person}/{file.path}")
    return {name: files[key] for name in names if (key := picture_key(name)) in files}


def write_pairs(path: Path, pairs: Pairs, among: Collection[str] = ()) -> None:
    """Write the list in one step; `read_pairs` and `resolve` give the same pairs back.

    among: all names of the set, so that a number is written only where it means one picture.
    Raises FaceclusterError for names that the format cannot hold, OutputError when the file cannot
    be written, ValueError when the folds are not alike.
    """
    known = Counter(picture_key(name) for name in {*among, *pairs.first, *pairs.second})
    folds, same, different = _shape(pairs)
    counts = [folds, same] if same == different else [folds, same, different]
    lines = ["\t".join(map(str, counts))]
    for fold in np.unique(pairs.fold):
        mine = np.flatnonzero(pairs.fold == fold)
        for row in (*mine[pairs.same[mine]], *mine[~pairs.same[mine]]):
            one, two = (_fields(names[row], known) for names in (pairs.first, pairs.second))
            lines.append("\t".join([*one, two[1]] if pairs.same[row] else [*one, *two]))
    write_atomic(path, ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))


def _shape(pairs: Pairs) -> tuple[int, int, int]:
    """Folds, and same and different pairs of each."""
    numbers, fold = np.unique(pairs.fold, return_inverse=True)
    same = np.bincount(fold[pairs.same], minlength=len(numbers))
    different = np.bincount(fold[~pairs.same], minlength=len(numbers))
    if not len(numbers) or len({*same.tolist()}) > 1 or len({*different.tolist()}) > 1:
        raise ValueError("pairs: every fold needs as many same and as many different ones")
    return len(numbers), int(same[0]), int(different[0])


def _fields(name: str, known: Counter[Key]) -> tuple[str, str]:
    """The class, and the number of the picture where that says which one, else its file."""
    person, _, file = name.partition("/")
    key = picture_key(name)
    if _UNLISTED.search(name) or not person or not file:
        raise FaceclusterError(f"{name!r}: a list of pairs cannot hold this name; rename the file")
    return person, str(key[1]) if isinstance(key[1], int) and known[key] == 1 else file
