"""A grouping that is kept comes back as it was, or not at all."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.library.index import Index
from facecluster.library.storage.groupings import CHECKED, grouping_key, pack, unpack
from facecluster.records import FaceTable, PhotoRow, Reason
from tests.support.groupings import assert_same, make_grouping

Open = Callable[..., Index]


def make_table(rng: np.random.Generator, photo: list[int]) -> FaceTable:
    n = len(photo)
    floats = {
        name: rng.normal(size=(n, *shape)).astype(np.float32)
        for name, shape in (
            ("boxes", (4,)),
            ("landmarks", (5, 2)),
            ("scores", ()),
            ("clarity", (3,)),
            ("consistency", ()),
            ("embeddings", (8,)),
        )
    }
    return FaceTable(np.array(photo, np.int32), np.arange(n, dtype=np.int32), **floats)


PHOTOS = [
    PhotoRow(f"{i}.jpg", f"{i:032}", 9, 40 + i, 30, picture_hash=bytes([i] * 32)) for i in range(5)
]
LABELS = st.lists(st.integers(-1, 5), max_size=30)


@given(labels=LABELS, sure=st.booleans())
def test_what_goes_in_comes_out(labels: list[int], sure: bool) -> None:
    grouping = make_grouping(labels, sure)
    kept = unpack(pack(grouping))
    assert kept is not None
    assert_same(kept, grouping)
    assert all(type(reason) is Reason for reason in kept.reasons)


PACKED = pack(make_grouping([0, 1, -1, -1, -1, -1, 1, 0]))


@given(at=st.integers(0, len(PACKED) - 1), bit=st.integers(0, 7))
def test_any_damage_is_noticed(at: int, bit: int) -> None:
    damaged = bytearray(PACKED)
    damaged[at] ^= 1 << bit
    assert unpack(bytes(damaged)) is None
    assert unpack(PACKED[:at]) is None


def test_a_key_is_changed_by_everything(rng: np.random.Generator) -> None:
    faces, quality = make_table(rng, [0, 0, 1, 2]), np.ones(4, np.float32)
    keys = [
        grouping_key(PHOTOS, faces, quality, "a"),
        grouping_key(PHOTOS, faces, quality, "b"),
        grouping_key(PHOTOS, faces, quality, "a", ""),
        grouping_key(PHOTOS, faces, quality * np.float32(0.5), "a"),
        grouping_key(PHOTOS, replace(faces, photo=np.array([0, 1, 1, 2], np.int32)), quality, "a"),
    ]
    for field in fields(faces):
        column = getattr(faces, field.name).copy()
        column.reshape(-1)[-1] += 1 if field.name != "photo" else -1
        keys.append(grouping_key(PHOTOS, replace(faces, **{field.name: column}), quality, "a"))
    fewer = FaceTable(**{field.name: getattr(faces, field.name)[:3] for field in fields(faces)})
    keys.append(grouping_key(PHOTOS, fewer, quality[:3], "a"))
    for other in ({"picture_hash": bytes([9] * 32)}, {"width": 5}, {"height": 5}):
        photos = [replace(PHOTOS[0], **other), *PHOTOS[1:]]
        keys.append(grouping_key(photos, faces, quality, "a"))
    assert len(set(keys)) == len(keys)
    assert grouping_key(PHOTOS, faces, quality.copy(), "a") == keys[0]


@given(st.lists(st.integers(0, 4), max_size=12), st.permutations(range(5)))
def test_a_key_does_not_know_which_row_a_photo_has(photo: list[int], rows: list[int]) -> None:
    faces = make_table(np.random.default_rng(3), photo)
    moved = replace(faces, photo=np.array([rows[p] for p in photo], np.int32))
    there = [PHOTOS[rows.index(row)] for row in range(5)]
    there[rows[4]] = replace(there[rows[4]], path="another name.jpg")
    one, other = ((PHOTOS, faces), (there, moved))
    assert grouping_key(*one, faces.scores) == grouping_key(*other, faces.scores)


def archive(**columns: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **columns)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and no more",
        archive(),
        archive(labels=np.zeros(2)),
        archive(labels=np.array([{}])),
        archive(**{name: np.zeros(0) for name in ("labels", "nearest", "distance", "quality")}),
        PACKED[CHECKED:-30],
    ],
)
def test_something_else_with_the_right_checksum_counts_as_none(data: bytes) -> None:
    assert unpack(hashlib.blake2b(data, digest_size=CHECKED).digest() + data) is None


def test_the_index_keeps_the_newest(opened: Open, db: Path) -> None:
    first, second = make_grouping([0, 1, 0, 1]), make_grouping([0, 0], sure=False)
    with opened() as index:
        assert index.grouping("a") is None
        index.keep_grouping("a", first)
    with opened() as index:
        kept = index.grouping("a")
        assert kept is not None
        assert_same(kept, first)
        index.keep_grouping("b", second)
        assert index.grouping("a") is None
        kept = index.grouping("b")
        assert kept is not None
        assert_same(kept, second)
    with closing(sqlite3.connect(db)) as raw:
        assert raw.execute("SELECT count(*) FROM grouping").fetchone() == (1,)


@pytest.mark.parametrize("data", [b"", b"short", "text", 7, PACKED[:-1]])
def test_a_damaged_one_counts_as_none(opened: Open, db: Path, data: object) -> None:
    with opened() as index:
        index.keep_grouping("a", make_grouping([0, 0]))
    with closing(sqlite3.connect(db)) as raw, raw:
        raw.execute("UPDATE grouping SET data = ?", (data,))
    with opened() as index:
        assert index.grouping("a") is None
        index.keep_grouping("a", make_grouping([0, 0]))
        assert index.grouping("a") is not None


def test_a_dry_run_keeps_nothing(opened: Open, db: Path) -> None:
    with opened() as index:
        index.keep_grouping("a", make_grouping([0, 0]))
    before = db.read_bytes()
    with opened(keep=False) as index:
        assert index.grouping("a") is not None
        index.keep_grouping("b", make_grouping([0, 1]))
    assert db.read_bytes() == before
