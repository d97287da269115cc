"""What came of reading one file, as the index takes it."""

from __future__ import annotations

from dataclasses import dataclass

from facecluster.records import FaceBatch, PhotoFile


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file: its faces, or why there are none.

    digest: of the file, empty when not even the bytes could be had; image: of its picture; content:
    what the index calls what this reader sees there, empty where that is the digest. width and
    height are upright px.
    picture_hash: see photos/picture_hash.py; empty where there are no faces. for_now: the machine
    lacked memory or time, so what is known from before is no worse.
    """

    file: PhotoFile
    digest: str
    width: int = 0
    height: int = 0
    orientation: int = 1
    taken: str | None = None
    problem: str | None = None
    faces: FaceBatch | None = None
    for_now: bool = False
    picture_hash: bytes = b""
    image: str = ""
    content: str = ""

    @property
    def key(self) -> str:
        """What the index calls what was seen in the picture."""
        return self.content or self.digest


def tells(reading: Reading) -> bool:
    """Whether it says what the bytes hold; else they were known, or could not be had."""
    return bool(reading.key) and (reading.faces is not None or reading.problem is not None)
