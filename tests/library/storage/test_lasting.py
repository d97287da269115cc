"""What lasts from run to run: who was who, how faces look, and nothing that nobody uses."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from facecluster.identity import FaceKey
from facecluster.library.people.memory import Memory
from facecluster.library.people.records import Anchor
from facecluster.library.storage.checksums import row_crc
from facecluster.library.storage.lasting import (
    KEEPING,
    anchors,
    forget_people,
    keep_anchors,
    keep_memory,
    memory,
    prune,
)
from facecluster.library.storage.schema import migrate

KEYS = [FaceKey.of(f"{n:032x}", (0.1, 0.2, 0.3, 0.4)) for n in range(3)]


@pytest.fixture
def raw() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    migrate(made)
    return made


def anchor(number: int) -> Anchor:
    return Anchor(KEYS[number], f"{number}.jpg", np.full(4, number + 0.5, np.float32))


def test_anchors_are_of_their_reader_and_go_when_nobody_speaks_of_them(raw) -> None:
    spoken = [str(key) for key in KEYS]
    keep_anchors(raw, "one", map(anchor, (0, 1)), spoken)
    keep_anchors(raw, "other", [anchor(2)], spoken)
    found = anchors(raw, "one")
    assert [(a.key, a.path) for a in found] == [(KEYS[0], "0.jpg"), (KEYS[1], "1.jpg")]
    assert found[1].embedding.tolist() == [1.5] * 4
    keep_anchors(raw, "one", [], spoken[1:])
    assert [a.key for a in anchors(raw, "one")] == [KEYS[1]]
    forget_people(raw, [KEYS[2].image])
    assert anchors(raw, "other") == []


@pytest.mark.parametrize("row", [("no key", b"\0\0"), (str(KEYS[0]), b"\0"), (str(KEYS[0]), "x")])
def test_odd_anchors_do_not_count(raw, row) -> None:
    key, embedding = row
    whole = (key, "one", "a.jpg", embedding)
    raw.execute("INSERT INTO anchor VALUES (?, ?, ?, ?, ?)", (*whole, row_crc(whole)))
    assert anchors(raw, "one") == []


def test_damage_is_no_memory(raw) -> None:
    assert memory(raw) is None
    keep_memory(raw, b"abc")
    keep_memory(raw, b"abcd")
    assert memory(raw) == b"abcd"
    raw.execute("UPDATE memory SET data = ?", (b"abce",))
    assert memory(raw) is None


def test_of_pictures_that_are_forgotten_nobody_is_remembered(raw) -> None:
    keep_memory(raw, Memory.of_keys({3: KEYS[:2], 4: KEYS[2:]}, 4).pack())
    forget_people(raw, [KEYS[1].image])
    kept = memory(raw)
    found = None if kept is None else Memory.unpack(kept)
    assert found is not None
    assert found.images == (KEYS[0].image, KEYS[2].image)
    assert KEYS[1].image.encode() not in kept


def test_what_nobody_used_for_long_goes_with_its_faces(raw) -> None:
    for name, day in (("old", 10), ("used", 10), ("new", 90)):
        raw.execute(
            "INSERT INTO content VALUES (?, 'r', 1, 1, 1, NULL, NULL, 1, '', '', 9, ?)", (name, day)
        )
        raw.execute(f"INSERT INTO face VALUES (NULL, '{name}', 0, x'', x'', 1, x'', 1, x'', 9)")
    assert prune(raw, {"used", "unheard of"}, 10 + KEEPING.days - 1) == set()
    assert prune(raw, {"used"}, 10 + KEEPING.days) == {"old"}
    left = {digest for (digest,) in raw.execute("SELECT digest FROM face")}
    assert left == {"used", "new"}
    [(day,)] = raw.execute("SELECT used FROM content WHERE digest = 'used'").fetchall()
    assert day == 10 + KEEPING.days - 1
