"""The globs of `scan.include` and `scan.exclude`.

A pattern without `/` is matched against each name on the way: the photo's own and those of the
folders above it. A pattern with `/` is matched against the path inside the photo folder. A pattern
that matches a folder stands for everything in it. Upper and lower case are the same.

    *        any run of characters within one name
    ?        one character within one name
    [a-c]    one of these characters, [!a-c] any other
    **       any run of folders: `2019/**/edited/*` also matches `2019/edited/a.jpg`
    end in / folders only: `old/` leaves out the folder `old`, not a photo called `old`

The package pathspec reads .gitignore files, whose rules differ where names of photos may be odd:
`!` and `#` in front, a backslash and `[^a]` are special there, `a/**/` also means the photos right
in `a`, `[z-a]` is an error.

A `*` takes as little as it can, and is never asked for more: the first place where the letters
behind it are found leaves most for what follows. So the time grows with the pattern times the
path, however many stars there are, where one regular expression would try every way to share the
path out among them. The same goes for `**` and folders.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Matcher = Callable[[str], bool]
Test = Callable[[str], object]  # of a name: true or false
_FLAGS: Final = re.IGNORECASE | re.DOTALL


def matcher(patterns: Iterable[str]) -> Matcher:
    """A test whether a path (relative, with `/`) is matched by any of the patterns."""
    wanted = [_normal(p.strip()) for p in patterns]
    if "*" in wanted:
        return lambda path: True
    globs = [glob for glob in map(_glob, wanted) if glob is not None]
    if not globs:
        return lambda path: False

    def matches(path: str) -> bool:
        names = _normal(path).split("/")
        return any(glob.matches(names) for glob in globs)

    return matches


@dataclass(frozen=True, slots=True)
class _Glob:
    """A pattern, cut at its `**`.

    runs: globs of names that follow each other. free: folders may come before the first run, as
    they may between two. open: `**` is last. inside: only what is in a folder is meant.
    """

    runs: tuple[tuple[Test, ...], ...]
    free: bool
    open: bool
    inside: bool

    def matches(self, names: Sequence[str]) -> bool:
        """names: those of a path, from the top."""
        at, moves = 0, self.free
        for run in self.runs:
            last = len(names) - len(run) if moves else min(at, len(names) - len(run))
            for start in range(at, last + 1):
                if _stands(run, names, start):
                    break
            else:
                return False
            at, moves = start + len(run), True
        if not self.inside:
            return not self.open or at < len(names)
        rest = "/".join(names[at:])
        return "/" in rest[:-1] if self.open else rest != ""


def _stands(run: Sequence[Test], names: Sequence[str], at: int) -> bool:
    """Whether the names from this one on are those of the run."""
    for test in run:
        if not test(names[at]):
            return False
        at += 1
    return True


def _glob(pattern: str) -> _Glob | None:
    """None for a pattern without any name."""
    if os.sep == "\\":
        pattern = pattern.replace("\\", "/")
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if not parts:
        return None
    runs: list[list[Test]] = [[]]
    for part in parts:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_name(part))
    return _Glob(
        runs=tuple(tuple(run) for run in runs if run),
        free="/" not in pattern.rstrip("/") or parts[0] == "**",
        open=parts[-1] == "**",
        inside=pattern.endswith("/"),
    )


def _name(part: str) -> Test:
    """The glob of a single name."""
    *before, last = _pieces(part)
    if len(before) < 2:  # one star takes what is left over
        return re.compile(".*".join((*before, last)), _FLAGS).fullmatch
    first, *others = [re.compile(piece, _FLAGS) for piece in (*before, last + r"\Z")]

    def matches(name: str) -> bool:
        found = first.match(name)
        for piece in others:
            if found is None:
                return False
            found = piece.search(name, found.end())
        return found is not None

    return matches


def _pieces(part: str) -> list[str]:
    """What stands between the stars, as regular expressions of a fixed number of letters."""
    pieces, at = [""], 0
    while at < len(part):
        letter, at = part[at], at + 1
        if letter == "*":
            if pieces[-1] or len(pieces) == 1:  # several stars are one
                pieces.append("")
        elif letter == "?":
            pieces[-1] += "."
        elif letter == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] == "!"))) > 0:
            pieces[-1] += _set(part[at:end])
            at = end + 1
        else:
            pieces[-1] += re.escape(letter)
    return pieces


def _set(letters: str) -> str:
    """The inside of `[...]`: a range that runs backwards, such as `z-a`, matches nothing."""
    negated = letters.startswith("!")
    letters, body, at = letters[negated:], "", 0
    while at < len(letters):
        ranged = letters[at + 1 : at + 2] == "-" and at + 2 < len(letters)
        body += re.escape(letters[at]) + ("-" + re.escape(letters[at + 2]) if ranged else "")
        at += 3 if ranged else 1
    expression = f"[{'^' * negated}{body}]"
    try:
        re.compile(expression)
    except re.error:
        return "." if negated else "(?!)"
    return expression


def _normal(text: str) -> str:
    """The composed form, because macOS may hand out `é` as two characters."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
