"""How much of what others wrote is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Chosen well above what programs write: a packet with an hour of edits has 2 MB.

    packet: bytes of an XMP packet or sidecar. text: bytes of .picasa.ini, contacts.xml or Takeout's
    JSON. regions: faces and names of one photo; the rest is left out and said. segments: parts of a
    file that are walked through.
    """

    packet: int = 8 << 20
    text: int = 8 << 20
    regions: int = 1000
    segments: int = 200_000


LIMITS = Limits()
