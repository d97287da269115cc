"""What a decoder's error means for the person whose photo it is: damaged, or only rare."""

from __future__ import annotations

from typing import Final

from PIL import Image

TRUNCATED: Final = "truncated: the end of the file is missing"
_RARE: Final = (
    "unknown pixel mode",
    "unknown raw mode",
    "unknown data organization",
    "unrecognized image mode",
    "unsupported",
    "not supported",
    "not yet supported",
    "not available",
    "unknown compression",
)
_DAMAGE: Final = (
    ("checksum", "a checksum is wrong"),
    ("broken data stream", "its pixels cannot be decoded"),
    ("unrecognized data stream", "its pixels cannot be decoded"),
    ("decoder error", "its pixels cannot be decoded"),
    ("image data", "its pixels cannot be decoded"),
    ("marker", "what lies before its pixels is broken"),
    ("chunk", "what lies before its pixels is broken"),
    ("header", "its header is broken"),
    ("not identified", "its header is broken"),
    ("dimensions", "its header is broken"),
)


def unread(name: str) -> str:
    """The reason for a sound file of a kind that has no decoder here."""
    return f"a kind of {name} that is not read"


def reason(name: str, error: Exception) -> str:
    """One short sentence for what went wrong with a picture of the format `name`."""
    if isinstance(error, Image.DecompressionBombError):  # some decoders have a limit of their own
        return "too large: more pixels than the decoder allows"
    text = str(error).lower()
    if isinstance(error, EOFError) or "truncated" in text:
        return TRUNCATED
    if isinstance(error, NotImplementedError) or any(words in text for words in _RARE):
        return unread(name)
    means = next((meaning for words, meaning in _DAMAGE if words in text), "")
    return f"damaged {name}: {means}" if means else f"damaged {name}"
