"""How much of what others wrote is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Chosen far above what programs write: the largest real one that we met has 30 KB.

    packet: bytes of an XMP packet in a photo. packets: of one photo, which has one or two. text:
    bytes of a sidecar, .picasa.ini, contacts.xml or Takeout's JSON. regions: faces and names of one
    photo; the rest is left out and said. segments: parts of a file that are walked through.
    """

    packet: int = 8 << 20
    packets: int = 16
    text: int = 8 << 20
    regions: int = 1000
    segments: int = 200_000


LIMITS = Limits()
