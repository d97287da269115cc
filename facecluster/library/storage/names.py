"""Paths as SQLite can keep them."""

from __future__ import annotations


def to_column(path: str) -> str | bytes:
    """Names that are not valid Unicode go in as bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode(errors="surrogatepass")
    return path


def from_column(path: str | bytes) -> str:
    """What `to_column` was given."""
    return path.decode(errors="surrogatepass") if isinstance(path, bytes) else path
