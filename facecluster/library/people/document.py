"""people.toml in the output folder: the home of names and corrections, which outlives the index."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from facecluster.base.atomic import output_errors, replacing
from facecluster.errors import FaceclusterError
from facecluster.identity import FaceKey
from facecluster.library.people.records import People
from facecluster.library.people.text.parsing import check_merged, people_from
from facecluster.library.people.text.splicing import spliced
from facecluster.library.people.text.toml_text import edited, paths_in, text_of

FILE: Final = "people.toml"
BACKUPS: Final = tuple(f".facecluster/people-{n}.toml" for n in (1, 2, 3))  # the newest first
_PARTIAL: Final = re.compile(r"\.people[\w-]*\.(toml|jsonl)\.\d+-\d+\.tmp")
LARGEST: Final = 256 << 20  # bytes; a name and ten rules for each of 100,000 people is 100 MB


class PeopleError(FaceclusterError):
    """people.toml cannot be read or obeyed."""


def load(out: Path) -> People:
    """What people.toml in the output folder says; nothing where there is none.

    Raises PeopleError with the line and column of what is wrong, and where the newest good backup
    is.
    """
    path = out / FILE
    text = _text(path)
    if text is None:
        return People()
    try:
        return parsed(text)
    except (ValueError, RecursionError) as error:
        raise PeopleError(f"{path}: {_line(error)}{_advice(out)}") from error


@lru_cache(maxsize=1)
def parsed(text: str) -> People:
    """What the text of a people.toml says. Raises ValueError."""
    return people_from(tomllib.loads(text), paths_in(text))


def save(out: Path, people: People) -> None:
    """Write people.toml, in one step and for its owner alone, and keep the one before.

    What a user wrote into it stays: comments, order, unknown keys. Raises OutputError, and
    PeopleError where the file there cannot be read.
    """
    path = out / FILE
    before = _text(path)
    old = load(out) if before is not None else People()
    try:
        if before is None or text_of(old) == before:
            text = text_of(people)
            _check(old, people)
        else:
            text = _edited(before, old, people)
    except ValueError as error:
        raise PeopleError(f"{path} would not be readable: {_line(error)}") from error
    if text == before:
        return
    with output_errors(path):
        if before is not None:
            _back_up(out, before)
        _clear(out)
        _write(path, text)


def _check(old: People, people: People) -> None:
    """Raise ValueError where what differs from `old` could not be read as it will be written."""
    check_merged(people)
    some = {n: known for n, known in people.people.items() if old.people.get(n) != known}
    rules = {
        kind: getattr(people, kind)
        for kind in ("different", "same", "ignore", "added")
        if getattr(people, kind) != getattr(old, kind)
    }
    people_from(tomllib.loads(text_of(People(people=some, last=people.last, **rules))), {})


def _edited(text: str, old: People, people: People) -> str:
    """A text that a user edited, which says `old`, with what changed. Raises ValueError."""
    wanted = replace(people, paths={})
    if wanted == replace(old, paths={}):
        return text
    for change in (partial(spliced, text, old), partial(edited, text)):
        try:
            made = change(people)
            if made is not None and replace(parsed(made), paths={}) == wanted:
                return made
        except (ValueError, KeyError, RecursionError):  # it is spelled in a way of the user's own
            continue
    check_merged(people)
    mine = "".join(f"# {line}\n".replace("# \n", "#\n") for line in text.splitlines())
    return f"{text_of(people)}\n# This file was, before a change that had no place in it:\n{mine}"


def lines_of(out: Path) -> Callable[[FaceKey], tuple[int, ...]]:
    """In which lines of people.toml a face stands, counted from 1."""
    lines = (_text(out / FILE) or "").splitlines()

    def find(key: FaceKey) -> tuple[int, ...]:
        wanted = f'"{key}"'
        return tuple(n for n, line in enumerate(lines, 1) if wanted in line)

    return find


def _text(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PeopleError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > LARGEST:
        raise PeopleError(f"{path}: larger than {LARGEST >> 20} MB, so not what facecluster wrote")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PeopleError(f"{path}: it is not text in UTF-8; save it as UTF-8") from error


def _back_up(out: Path, text: str) -> None:
    """Keep what people.toml held, the two before it too."""
    folder = out / ".facecluster"
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (out / BACKUPS[0]).is_file() and (out / BACKUPS[0]).read_text("utf-8") == text:
        return
    for older, newer in zip(BACKUPS[:0:-1], BACKUPS[-2::-1], strict=True):
        if (out / newer).is_file():
            os.replace(out / newer, out / older)
    _write(out / BACKUPS[0], text)


def _clear(out: Path) -> None:
    """Remove what a kill left of files that were about to take their places."""
    for folder in (out, out / ".facecluster"):
        if folder.is_dir():
            for name in filter(_PARTIAL.fullmatch, os.listdir(folder)):
                (folder / name).unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    with replacing(path, sync=True) as unfinished:
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(text.encode())


def _advice(out: Path) -> str:
    for backup in BACKUPS:
        try:
            text = _text(out / backup)
            if text is not None and parsed(text) is not None:
                return f"; mend it, or put {out / backup} in its place, as it was before"
        except (FaceclusterError, ValueError, RecursionError):
            continue
    return "; mend it, or move it away"


def _line(error: Exception) -> str:
    text = "lists in lists without end" if isinstance(error, RecursionError) else str(error)
    return " ".join(text.split())[:200]
