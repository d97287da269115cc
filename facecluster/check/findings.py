"""What a check found, as records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Part(StrEnum):
    """What a finding is about."""

    INDEX = "index"
    MANIFEST = "manifest"
    COPIES = "copies"
    THUMBNAILS = "thumbnails"
    REPORTS = "reports"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the last run left it.

    path: inside the output folder, or the whole path of an index elsewhere. problem: what is wrong
    with it, and advice: what to do, each a sentence without its end. damage: False where all is in
    order and a person may only want to know.
    """

    part: Part
    path: str
    problem: str
    advice: str
    damage: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """How many of each were looked at."""

    photos: int = 0
    faces: int = 0
    copies: int = 0
    thumbnails: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """out: the output folder. findings: part by part, in the order of their paths."""

    out: Path
    checked: Checked
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged."""
        return not any(finding.damage for finding in self.findings)


NEXT_RUN = "the next run mends it"


def explained(part: Part, path: str, sentence: str, before: str) -> Finding:
    """The sentence of an error as a finding. before: what it calls the file."""
    text = sentence.removeprefix(before).lstrip(" :")
    for mark in ("; ", ": "):
        problem, _, advice = text.rpartition(mark)
        if problem:
            return Finding(part, path, problem, advice)
    return Finding(part, path, text, "mend that and check again")
