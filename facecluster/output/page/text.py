"""File names and numbers as a page shows them: names are untrusted."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def show(text: object) -> str:
    """`text` with line breaks, control characters, stray bytes and text-direction overrides
    shown as `�`, so that a name can neither break the page nor pretend to be another."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 face`, `2 faces`, `1,200 faces`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def in_percent(chance: float) -> str:
    """`93 %`; an estimate is never quite sure, so it ends at `under 1 %` and `over 99 %`."""
    if chance < 0.01:
        return "under 1 %"
    return "over 99 %" if chance > 0.99 else f"{100 * chance:.0f} %"


class Links:
    """Addresses of photos as seen from a page in `out`."""

    def __init__(self, out: Path, root: Path) -> None:
        here, there = os.path.abspath(out), os.path.abspath(root)
        try:
            relative = os.path.relpath(there, here)
            # Through a symbolic link `..` leads elsewhere than it seems: be explicit then.
            plain = relative == os.path.relpath(os.path.realpath(there), os.path.realpath(here))
        except ValueError:  # another drive
            plain = False
        self._base = _encode(relative) if plain else Path(there).as_uri()

    def photo(self, path: str) -> str:
        """The address of the photo `path`, percent-encoded byte by byte."""
        return f"{self._base.rstrip('/')}/{_encode(path)}"

    @staticmethod
    def own(path: str) -> str:
        """The address of something in the output folder."""
        return "./" + quote(path, errors="surrogateescape")


def _encode(path: str) -> str:
    return quote_from_bytes(os.fsencode(path.replace(os.sep, "/")))
