"""Group a folder from Python, and say who is often seen with whom.

python examples/use_the_library.py ~/Photos
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

from facecluster.config import ClusterConfig, OutputConfig, Settings
from facecluster.errors import FaceclusterError
from facecluster.group import group


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python examples/use_the_library.py FOLDER")
        return 2
    settings = Settings(cluster=ClusterConfig(min_photos=3), output=OutputConfig(link="none"))
    try:
        report = group(Path(sys.argv[1]).expanduser(), settings)
    except FaceclusterError as error:
        print(f"Error: {error}")
        return error.exit_code
    seen: dict[str, list[int]] = {}
    for face in report.faces:
        if face.person is not None:
            seen.setdefault(face.photo, []).append(face.person)
    together: Counter[tuple[int, int]] = Counter()
    for people in seen.values():
        together.update(combinations(sorted(people), 2))
    for person in report.people:
        print(f"person {person.id}: {person.photo_count} photos")
    for (one, other), photos in together.most_common(10):
        print(f"persons {one} and {other}: {photos} photos together")
    return 0


if __name__ == "__main__":
    sys.exit(main())
