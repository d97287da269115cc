"""Names as people know them, whatever a file has around them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control and format characters, among them those that turn the direction of text, but for the
# joiners that Persian and Indic names are spelt with; and halves of characters.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_JOINERS: Final = frozenset("\u200c\u200d")
_PLAIN: Final = re.compile(r"[ -~]*")


def clean(text: str) -> str | None:
    """The name in NFC, on one line, without characters that are not seen; None if none is left."""
    words = " ".join(text.split())
    if not _PLAIN.fullmatch(words):
        seen = (c for c in words if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
        words = " ".join(unicodedata.normalize("NFC", "".join(seen)).split())
    return words if words.strip("\u200c\u200d ") else None


def same(name: str) -> str:
    """What two spellings of one name share: the case of letters does not count."""
    return unicodedata.normalize("NFC", name.casefold())
