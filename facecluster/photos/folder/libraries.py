"""Folders in which other programs keep what they made of photos: previews, caches, rubbish.

What such a program would not show as a photo of its owner's is none here either. The photo folder
itself is always looked at, whatever its name: somebody asked for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a folder is left out: kind, as a summary counts it, and a sentence's end."""

    kind: str
    reason: str


# Files that ask galleries to pass over their folder: Android's, Nextcloud's, PhotoPrism's.
_ASKING: Final = frozenset({".nomedia", ".noimage", ".nomemories", ".ppstorage"})
TWICE: Final = Rule("linked twice", "a link to a folder that is looked at anyway")
_THUMBNAILS, _TRASH = "thumbnails of another program", "deleted photos of another program"
_SYSTEM: Final = "a folder of the system"
_BY_NAME: Final = {
    "@eadir": Rule("@eaDir", "thumbnails of a Synology"),
    "@__thumb": Rule("@__thumb", "thumbnails of a QNAP"),
    ".@__thumb": Rule(".@__thumb", "thumbnails of a QNAP"),
    ".thumbnails": Rule(".thumbnails", _THUMBNAILS),
    ".thumbs": Rule(".thumbs", _THUMBNAILS),
    ".dtrash": Rule(".dtrash", "deleted photos of digiKam"),
    ".picasaoriginals": Rule(".picasaoriginals", "Picasa's copies from before an edit"),
    "ipod photo cache": Rule("iPod Photo Cache", "pictures that iTunes made for an iPod"),
    "zbthumbnail.info": Rule("ZbThumbnail.info", _THUMBNAILS),
    "@recycle": Rule("@Recycle", _TRASH),
    "#recycle": Rule("#recycle", _TRASH),
    "$recycle.bin": Rule("$RECYCLE.BIN", _TRASH),
    "@recently-snapshot": Rule("@Recently-Snapshot", _SYSTEM),
    "#snapshot": Rule("#snapshot", _SYSTEM),
    "system volume information": Rule("System Volume Information", _SYSTEM),
    "lost+found": Rule("lost+found", _SYSTEM),
    "__macosx": Rule("__MACOSX", _SYSTEM),
}
_BY_ENDING: Final = {
    ".lrdata": Rule("Lightroom previews", "previews that Lightroom can make again"),
    ".lrcat-data": Rule("Lightroom data", "what Lightroom notes of photos"),
}
_BY_PARENT: Final = {
    ("android", "data"): Rule("Android/data", "what apps on Android keep for themselves"),
    ("android", "obb"): Rule("Android/obb", "what apps on Android keep for themselves"),
}
# Inside a folder of that name only these are the owner's own photos.
_INSIDE: Final = {
    ("captureone",): (Rule("in CaptureOne", "previews and settings of Capture One"), ()),
    (".photoslibrary", ".migratedphotolibrary"): (
        Rule("in Apple Photos libraries", "only originals of an Apple Photos library are photos"),
        ("originals", "masters"),
    ),
    (".photolibrary", "iphoto library"): (
        Rule("in iPhoto libraries", "only originals of an iPhoto library are photos"),
        ("originals", "masters"),
    ),
    (".aplibrary", ".migratedaplibrary"): (
        Rule("in Aperture libraries", "only masters of an Aperture library are photos"),
        ("masters",),
    ),
    (".cocatalog",): (
        Rule("in Capture One catalogs", "only originals of a Capture One catalog are photos"),
        ("originals",),
    ),
}
# What tells a library from a folder that somebody called so.
_MARKS: Final = frozenset(
    {"database", "resources", "originals", "masters", "albumdata.xml", "cache", "settings"}
    | {"aperture.aplib", "apdb", "library.apdb"}
)


def asked_for(inside: Collection[str]) -> Rule | None:
    """The rule for a folder that asks to be left out by what lies in it."""
    name = next((entry for entry in inside if entry in _ASKING), None)
    return None if name is None else Rule(f"with {name}", f"a file {name} in it asks for that")


def rule_for(name: str, parent: str) -> Rule | None:
    """The rule by which a folder `name` inside of `parent` is left out."""
    low = name.lower()
    rule = _BY_NAME.get(low) or _BY_PARENT.get((parent.lower(), low))
    if rule is not None:
        return rule
    dot = low.rfind(".")
    return _BY_ENDING.get(low[dot:]) if dot > 0 else None


def library_rule(name: str, inside: Collection[str]) -> tuple[Rule, tuple[str, ...]] | None:
    """For a library of another program: the rule for its folders but some, in lower case.

    inside: the names of what lies in it.
    """
    low = name.lower()
    for names, rule in _INSIDE.items():
        if any(low.endswith(end) if end.startswith(".") else low == end for end in names):
            return rule if _MARKS & {entry.lower() for entry in inside} else None
    return None
