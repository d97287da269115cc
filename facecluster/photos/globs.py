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
in `a`, `[z-a]` is an error; it also takes more than twice as long.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable

Matcher = Callable[[str], bool]


def matcher(patterns: Iterable[str]) -> Matcher:
    """A test whether a path (relative, with `/`) is matched by any of the patterns."""
    wanted = [_translate(p) for p in patterns if p.strip()]
    if not wanted:
        return lambda path: False
    expression = re.compile("|".join(wanted), re.IGNORECASE | re.DOTALL)
    return lambda path: expression.fullmatch(_normal(path)) is not None


def _translate(pattern: str) -> str:
    """One glob as a regular expression for the whole path."""
    pattern = _normal(pattern.strip())
    if os.sep == "\\":
        pattern = pattern.replace("\\", "/")
    inside = "/.+" if pattern.endswith("/") else "(?:/.*)?"
    anchored = "/" in pattern.rstrip("/")
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    start = "" if anchored else "(?:.*/)?"
    return f"(?:{start}{_join(parts)}{inside})"


def _join(parts: list[str]) -> str:
    """The names of a pattern with the slashes between them; `**` takes its own slash along."""
    expression = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:.*/)?"
        else:
            expression += _name(part) + ("" if last else "/")
    return expression


def _name(part: str) -> str:
    """The glob of a single name."""
    expression, at = "", 0
    while at < len(part):
        letter, at = part[at], at + 1
        if letter == "*":
            expression += "[^/]*"
        elif letter == "?":
            expression += "[^/]"
        elif letter == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] == "!"))) > 0:
            expression += _set(part[at:end])
            at = end + 1
        else:
            expression += re.escape(letter)
    return expression


def _set(letters: str) -> str:
    """The inside of `[...]`: a range that runs backwards, such as `z-a`, matches nothing."""
    negated = letters.startswith("!")
    body = "".join(c if c == "-" else re.escape(c) for c in letters[negated:])
    expression = f"[^/{body}]" if negated else f"(?!/)[{body}]"
    try:
        re.compile(expression)
    except re.error:
        return "[^/]" if negated else "(?!)"
    return expression


def _normal(text: str) -> str:
    """The composed form, because macOS may hand out `é` as two characters."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
