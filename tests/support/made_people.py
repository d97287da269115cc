"""Names and corrections by chance, for properties."""

from __future__ import annotations

from hypothesis import strategies as st

from facecluster.identity import FaceKey
from facecluster.library.people.records import KnownPerson, People
from facecluster.library.people.spoken import spoken

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(
    str.strip
)


def face(number: int) -> FaceKey:
    """One of many different faces."""
    return FaceKey.of(f"{number:032x}", (0.1, 0.2, 0.25, 0.3))


FACES = st.integers(0, 30).map(face)
SOME = st.lists(FACES, max_size=4, unique=True).map(tuple)


@st.composite
def people(draw) -> People:
    """Anything that people.toml may say, contradictions too."""
    numbers = draw(st.lists(st.integers(1, 300), unique=True, max_size=5))
    merged = draw(st.lists(st.integers(301, 320), unique=True, max_size=2))
    found = {}
    for number in numbers:
        found[number] = KnownPerson(
            number,
            name=draw(st.none() | NAMES),
            aka=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
            cover=draw(st.none() | FACES),
            confirmed=draw(SOME),
            rejected=draw(SOME),
            merged=(merged.pop(),) if merged else (),
            hidden=draw(st.booleans()),
        )
    made = People(
        people=found,
        different=tuple(draw(st.lists(st.tuples(FACES, FACES), max_size=2))),
        same=tuple(draw(st.lists(st.tuples(FACES, FACES), max_size=2))),
        ignore=draw(SOME),
        last=320,
        added=dict.fromkeys(draw(SOME), numbers[0]) if numbers else {},
    )
    paths = {key: f"2019/IMG_{key.image[-3:]}.jpg" for key in dict(spoken(made))}
    return People(**{n: getattr(made, n) for n in People.__slots__} | {"paths": paths})
