"""Which person is meant: by a number, as lists and folders have it, or by a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property

from facecluster.cli.people.find.everybody import Somebody, everybody
from facecluster.cli.people.find.results import Results
from facecluster.errors import SettingsError
from facecluster.library.people.changes import current
from facecluster.library.people.records import name_key

_NUMBER = re.compile(r"(?:person-)?([0-9]{1,9})", re.ASCII | re.IGNORECASE)


class Who:
    """Everybody, to be found by what a user writes."""

    def __init__(self, results: Results) -> None:
        self._results = results

    @cached_property
    def everybody(self) -> dict[int, Somebody]:
        return everybody(self._results)

    def find(self, text: str) -> Somebody:
        """The person that `text` means. Raises SettingsError for nobody, and for several."""
        number = number_of(text)
        if number is not None:
            found = self.everybody.get(current(self._results.people, number))
            if found is not None:
                return found
        named = self.called(text)
        if len(named) > 1:
            ids = " and ".join(somebody.label for somebody in named)
            raise SettingsError(f"{text!r} is a name of {ids}; give the number of the one meant")
        if named:
            return named[0]
        raise SettingsError(
            f"{self._nobody(text, number)}; {self._results.command()} lists everybody"
        )

    def called(self, name: str) -> Sequence[Somebody]:
        """Whose name it is; where it is nobody's, those who are also known by it."""
        wanted = name_key(name.strip())
        all_ = self.everybody.values()
        named = [s for s in all_ if s.name is not None and name_key(s.name) == wanted]
        return named or [s for s in all_ if wanted in map(name_key, s.aka)]

    def face_to_person(self) -> Mapping[int, int]:
        """The person of each face of the report that has one."""
        return {face.id: s.id for s in self.everybody.values() for face in s.faces}

    def _nobody(self, text: str, number: int | None) -> str:
        if number is not None:
            return f"there is no person {number}"
        names = {n: n for s in self.everybody.values() for n in (s.name, *s.aka) if n is not None}
        keys = {name_key(name): name for name in names}
        close = get_close_matches(name_key(text), keys, n=1)
        hint = f" (did you mean {keys[close[0]]!r}?)" if close else ""
        return f"nobody is called {text!r}{hint}"


def number_of(text: str) -> int | None:
    """14 for `14` and `person-014`."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None
