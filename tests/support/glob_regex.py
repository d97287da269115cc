"""Globs as one regular expression of the whole path: plain, and slow where stars are many."""

from __future__ import annotations

import re


def matches(pattern: str, path: str) -> bool:
    """What `photos.globs` says of one pattern with names and composed letters only."""
    return re.fullmatch(_whole(pattern), path, re.IGNORECASE | re.DOTALL) is not None


def _whole(pattern: str) -> str:
    inside = "/.+" if pattern.endswith("/") else "(?:/.*)?"
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    expression = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        if part == "**":
            expression += ".*" if last else "(?:.*/)?"
        else:
            expression += _name(part) + ("" if last else "/")
    return expression + inside


def _name(part: str) -> str:
    expression, at = "", 0
    while at < len(part):
        letter, at = part[at], at + 1
        if letter in "*?":
            expression += "[^/]*" if letter == "*" else "[^/]"
        elif letter == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] == "!"))) > 0:
            expression += _set(part[at:end])
            at = end + 1
        else:
            expression += re.escape(letter)
    return expression


def _set(letters: str) -> str:
    negated = letters.startswith("!")
    body = "".join(c if c == "-" else re.escape(c) for c in letters[negated:])
    expression = f"(?!/)[{'^' * negated}{body}]"
    try:
        re.compile(expression)
    except re.error:
        return "[^/]" if negated else "(?!)"
    return expression
