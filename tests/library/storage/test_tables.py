"""Rows of the index as records."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.library.storage.tables import face_table, photo_rows
from facecluster.records import PhotoFile


def files(*names: str) -> list[PhotoFile]:
    return [PhotoFile(name, 10, 1) for name in names]


def about(
    width: int, height: int, taken: str | None = None, problem: str | None = None
) -> tuple[object, ...]:
    """A row of content."""
    return ("digest", "reader", 1, 0, width, height, taken, problem, "")


def row(digest: str, ordinal: int, embedding: list[float]) -> tuple[object, ...]:
    numbers = np.arange(17, dtype="<f4")
    return (
        digest,
        ordinal,
        0.5,
        0.25,
        numbers[:4].tobytes(),
        numbers[4:14].tobytes(),
        numbers[14:].tobytes(),
        np.array(embedding, "<f2").tobytes(),
    )


def test_every_file_is_a_row_in_its_order() -> None:
    content = {"d1": about(4, 3, "2001-01-01T00:00:00"), "d2": about(0, 0, problem="truncated")}
    digests = {"b": "d1", "a": "d2", "c": "d1", "lost": "d9"}
    rows = photo_rows(files("b", "a", "c", "new", "lost"), digests, content, {"new": "gone"})
    assert [r.path for r in rows] == ["b", "a", "c", "new", "lost"]
    assert [r.problem for r in rows] == [None, "truncated", None, "gone", "was not read"]
    assert [r.duplicate_of for r in rows] == [None, None, "b", None, None]
    assert [(r.width, r.height) for r in rows] == [(4, 3), (0, 0), (4, 3), (0, 0), (0, 0)]
    assert rows[0].taken == "2001-01-01T00:00:00"


def test_a_problem_of_this_run_wins_over_what_is_remembered() -> None:
    rows = photo_rows(files("a", "b"), {"a": "d", "b": "d"}, {"d": about(4, 3)}, {"a": "no"})
    assert [r.problem for r in rows] == ["no", None]
    assert rows[1].duplicate_of is None  # a row that cannot be read stands for nobody


def test_two_damaged_copies_are_two_failures() -> None:
    content = {"d": about(0, 0, problem="truncated")}
    rows = photo_rows(files("a", "b"), {"a": "d", "b": "d"}, content, {})
    assert [(r.problem, r.duplicate_of) for r in rows] == [("truncated", None)] * 2


@given(st.lists(st.sampled_from(["d1", "d2", "d3", "bad"]), max_size=12))
def test_each_content_has_one_first_photo(contents: list[str]) -> None:
    found = files(*(f"{i:02}" for i in range(len(contents))))
    digests = {f.path: d for f, d in zip(found, contents, strict=True)}
    known = {d: about(1, 1, problem="no" if d == "bad" else None) for d in contents}
    rows = photo_rows(found, digests, known, {})
    firsts = [r for r in rows if r.duplicate_of is None and r.problem is None]
    assert {r.digest for r in firsts} == set(contents) - {"bad"}
    assert len({r.digest for r in firsts}) == len(firsts)
    by_path = {r.path: r for r in rows}
    for r in rows:
        if r.duplicate_of is not None:
            assert by_path[r.duplicate_of].digest == r.digest
            assert by_path[r.duplicate_of].duplicate_of is None
            assert r.duplicate_of < r.path


def test_faces_point_at_the_photo_that_stands_for_its_bytes() -> None:
    content = dict.fromkeys(("d1", "d2"), about(4, 3))
    rows = photo_rows(files("x", "y", "z"), {"x": "d2", "y": "d1", "z": "d2"}, content, {})
    table = face_table(
        rows,
        [
            row("d1", 0, [0.6001, 0.8002]),
            row("d2", 0, [1.5, 0]),
            row("d2", 1, [0, 1]),
            row("d9", 0, [1]),
        ],
    )
    assert table.photo.tolist() == [1, 0, 0]
    assert table.ordinal.tolist() == [0, 0, 1]
    np.testing.assert_allclose(table.embeddings, [[0.6, 0.8], [1.5, 0], [0, 1]], atol=3e-4)
    np.testing.assert_array_equal(table.boxes[0], [0, 1, 2, 3])
    np.testing.assert_array_equal(table.landmarks[0], np.arange(4, 14).reshape(5, 2))
    np.testing.assert_array_equal(table.clarity[0], [14, 15, 16])
    assert table.scores.tolist() == [0.5] * 3
    assert table.consistency.tolist() == [0.25] * 3
    assert {a.dtype for a in (table.boxes, table.embeddings, table.scores)} == {np.dtype("f4")}


def test_an_embedding_of_zeros_stays_finite() -> None:
    rows = photo_rows(files("x"), {"x": "d"}, {"d": about(1, 1)}, {})
    assert face_table(rows, [row("d", 0, [0, 0])]).embeddings.tolist() == [[0, 0]]


def test_no_faces_at_all() -> None:
    table = face_table([], [])
    assert len(table) == 0
    assert table.sizes.shape == (0,)


def test_rows_may_come_in_any_order_and_number() -> None:
    rng = np.random.default_rng(5)
    names = [f"{i:02}" for i in range(20)]
    content = dict.fromkeys(names, about(4, 3))
    found = files(*rng.permutation(names).tolist())
    photos = photo_rows(found, {f.path: f.path for f in found}, content, {})
    rows = [row(name, i, rng.normal(size=4).tolist()) for name in names for i in range(3)]
    wanted = face_table(photos, rows)
    assert [photos[p].digest for p in wanted.photo] == sorted(names * 3)
    shuffled = [rows[i] for i in rng.permutation(len(rows))]
    for part in (1, 7, 60, 61):
        table = face_table(photos, shuffled, at_once=part)
        for field in fields(table):
            np.testing.assert_array_equal(getattr(table, field.name), getattr(wanted, field.name))
