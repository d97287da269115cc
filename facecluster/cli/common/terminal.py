"""Text that is safe to show: names of files are untrusted, and a terminal obeys what it is told."""

from __future__ import annotations

import re

_UNUSUAL = re.compile("[^\n -~]")


def clean(text: str) -> str:
    """One line without control characters (escape sequences, line breaks) and stray bytes."""
    readable = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "?" for c in readable)


def one_line(text: str) -> str:
    """A sentence that may hold line breaks, such as another library's error, as one line."""
    return clean(" ".join(text.split()))


def plain_json(document: bytes) -> bytes:
    """The same JSON with an escape for each character that is not to be seen.

    What steers a terminal or turns the direction of text reaches programs, and no screen.
    """
    if document.isascii() and b"\x7f" not in document:
        return document
    return _UNUSUAL.sub(_escaped, document.decode("utf-8")).encode("utf-8")


def _escaped(letter: re.Match[str]) -> str:
    if letter[0].isprintable():
        return letter[0]
    units = letter[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
