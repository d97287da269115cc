"""Lists of people in the format of Labeled Faces in the Wild (peopleDev*.txt).

Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", UMass Amherst TR 07-49, 2007.
"""

from __future__ import annotations

from pathlib import Path

from facecluster.errors import FaceclusterError
from facecluster.evaluate.verification.pair_lists import picture_name


def read_people(path: Path) -> list[str]:
    """Picture names of everybody in the list: lines of `NAME count`, other lines are counts.

    Raises FaceclusterError that names the file when it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FaceclusterError(f"{path}: cannot be read ({error.strerror or error})") from error
    people = [fields for line in text.splitlines() if len(fields := line.split()) == 2]
    return [picture_name(name, i + 1) for name, count in people for i in range(int(count))]
