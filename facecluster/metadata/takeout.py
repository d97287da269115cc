"""Names in the JSON that Google Takeout puts beside photos; where the faces are it does not say."""

from __future__ import annotations

import json

from facecluster.metadata.names import clean
from facecluster.metadata.xmp.parsing import RefusedError


def read_people(data: bytes) -> list[str]:
    """The names of the people in a photo. Raises RefusedError for what is not JSON."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise RefusedError("it is not JSON") from None
    people = said.get("people") if isinstance(said, dict) else None
    entries = people if isinstance(people, list) else []
    names = (entry.get("name") for entry in entries if isinstance(entry, dict))
    return [name for name in (clean(n) for n in names if isinstance(n, str)) if name]
