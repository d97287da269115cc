"""Text that is safe to show: names of files are untrusted, and a terminal obeys what it is told."""

from __future__ import annotations


def clean(text: str) -> str:
    """One line without control characters (escape sequences, line breaks) and stray bytes."""
    readable = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "?" for c in readable)


def one_line(text: str) -> str:
    """A sentence that may hold line breaks, such as another library's error, as one line."""
    return clean(" ".join(text.split()))
