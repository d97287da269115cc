"""Lists of people in the format of Labeled Faces in the Wild (peopleDev*.txt).

Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", UMass Amherst TR 07-49, 2007.
"""

from __future__ import annotations

import re
from pathlib import Path

from facecluster.errors import FaceclusterError
from facecluster.evaluate.verification.pair_lists import picture_name

_COUNT = re.compile("[0-9]{1,5}")


def read_people(path: Path) -> list[str]:
    """Picture names of everybody in the list: lines of `NAME count`, other lines are counts.

    Raises FaceclusterError that names the file when it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise FaceclusterError(f"{path}: cannot be read ({reason})") from error
    people = [fields for line in text.splitlines() if len(fields := line.split()) == 2]
    if not all(_COUNT.fullmatch(count) for _, count in people):
        raise FaceclusterError(f"{path}: not a list of people; its lines must be `NAME count`")
    return [picture_name(name, i + 1) for name, count in people for i in range(int(count))]
