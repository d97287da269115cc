"""The index: what is remembered, and what is asked for again."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.library.index import Index
from facecluster.library.readings import Reading
from facecluster.library.storage.runs import RunRow
from facecluster.records import Grouping, Reason, Status
from facecluster.report.records import Summary
from tests.support.readings import READER, digest_of, file, make_faces, paths, reading

Open = Callable[..., Index]


def test_what_goes_in_comes_out(opened: Open, rng: np.random.Generator) -> None:
    first, second = make_faces(rng, 3), make_faces(rng, 2)
    files = [file("a.jpg"), file("b/c.jpg")]
    with opened() as index:
        index.add([reading("a.jpg", "22", first), reading("b/c.jpg", "11", second)])
    with opened() as index:
        assert index.unread(files) == []
        photos, faces = index.load(files, {})
    assert [(p.path, p.digest, p.size, p.width, p.height) for p in photos] == [
        ("a.jpg", digest_of("22"), 100, 640, 480),
        ("b/c.jpg", digest_of("11"), 100, 640, 480),
    ]
    assert [p.taken for p in photos] == ["2019-07-21T18:03:55"] * 2
    # In the order of the digests, whatever the paths are called.
    assert faces.photo.tolist() == [1, 1, 0, 0, 0]
    assert faces.ordinal.tolist() == [0, 1, 0, 1, 2]
    both = [second, first]
    for name in ("boxes", "landmarks", "scores"):
        whole = np.concatenate([getattr(b.detections, name) for b in both])
        np.testing.assert_array_equal(getattr(faces, name), whole)
    for name in ("clarity", "consistency"):
        whole = np.concatenate([getattr(b, name) for b in both])
        np.testing.assert_array_equal(getattr(faces, name), whole)
    whole = np.concatenate([b.embeddings for b in both])
    np.testing.assert_allclose(faces.embeddings, whole, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(faces.embeddings, axis=1), 1, atol=1e-6)


def test_a_photo_without_faces_is_not_read_again(opened: Open, rng: np.random.Generator) -> None:
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 0))])
        assert index.unread([file("a.jpg")]) == []
        photos, faces = index.load([file("a.jpg")], {})
    assert photos[0].problem is None
    assert len(faces) == 0


@pytest.mark.parametrize(("size", "mtime"), [(101, 1), (100, 2), (101, 2)])
def test_a_changed_file_is_looked_at(
    opened: Open, rng: np.random.Generator, size: int, mtime: int
) -> None:
    changed = file("a.jpg", size, mtime)
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 1))])
        assert index.unread([changed]) == [changed]


def test_another_time_and_the_same_bytes_keep_their_faces(
    opened: Open, rng: np.random.Generator
) -> None:
    touched = file("a.jpg", mtime=2)
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 2))])
        before = index.load([file("a.jpg")], {})[1]
        assert index.digests() == {digest_of("11")}
        index.add([Reading(touched, digest_of("11"))])
        assert index.unread([touched]) == []
        after = index.load([touched], {})[1]
    np.testing.assert_array_equal(before.embeddings, after.embeddings)
    assert len(after) == 2


def test_new_bytes_take_the_place_of_the_old(opened: Open, rng: np.random.Generator) -> None:
    changed = file("a.jpg", mtime=2)
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 2))])
        index.add([reading(changed, "22", make_faces(rng, 1))])
        photos, faces = index.load([changed], {})
    assert [p.digest for p in photos] == [digest_of("22")]
    assert len(faces) == 1


def test_another_reader_reads_again(opened: Open, rng: np.random.Generator) -> None:
    files = [file("a.jpg"), file("b.jpg")]
    with opened() as index:
        index.add([reading(f, f.path, make_faces(rng, 2)) for f in files])
    with opened("another") as index:
        assert index.unread(files) == files
        assert index.digests() == set()
        index.add([reading("a.jpg", "a.jpg", make_faces(rng, 1, dimension=64))])
        assert paths(index.unread(files)) == ["b.jpg"]
        photos, faces = index.load(files, {})
    assert faces.embeddings.shape == (1, 64)
    assert [p.problem for p in photos] == [None, "was not read"]


def test_a_moved_and_renamed_photo_keeps_its_faces(opened: Open, rng: np.random.Generator) -> None:
    moved = [file("2019/renamed.jpg", mtime=7)]
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 2))])
        index.forget_missing(moved)
        assert index.digests() == {digest_of("11")}  # so the bytes need no decoding
        index.add([Reading(moved[0], digest_of("11"))])
        photos, faces = index.load(moved, {})
    assert [p.path for p in photos] == ["2019/renamed.jpg"]
    assert faces.photo.tolist() == [0, 0]


def test_of_the_same_bytes_the_first_path_stands_for_all(
    opened: Open, rng: np.random.Generator
) -> None:
    files = [file(name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    with opened() as index:
        # As threads may deliver them: the later path first, and both decoded.
        index.add([reading("b.jpg", "11", make_faces(rng, 1)), Reading(files[2], digest_of("11"))])
        index.add([reading("a.jpg", "11", make_faces(rng, 1))])
        photos, faces = index.load(files, {})
        assert index.unread(files) == []
    assert [p.duplicate_of for p in photos] == [None, "a.jpg", "a.jpg"]
    assert faces.photo.tolist() == [0]


def test_forget_missing_drops_only_what_is_gone(opened: Open, rng: np.random.Generator) -> None:
    with opened() as index:
        index.add([reading(f"{n}.jpg", n, make_faces(rng, 1)) for n in "abc"])
        index.forget_missing([file("b.jpg")])
        assert paths(index.unread([file(f"{n}.jpg") for n in "abc"])) == ["a.jpg", "c.jpg"]


def test_what_could_not_be_read_is_tried_each_time(opened: Open, rng: np.random.Generator) -> None:
    files = [file("broken.jpg"), file("locked.jpg"), file("fine.jpg")]
    failed = [
        Reading(files[0], digest_of("11"), problem="truncated"),
        Reading(files[1], "", problem="permission denied"),
    ]
    with opened() as index:
        index.add([*failed, reading("fine.jpg", "33", make_faces(rng, 1))])
        photos, _ = index.load(files, {"locked.jpg": "permission denied"})
        assert [p.problem for p in photos] == ["truncated", "permission denied", None]
        assert index.unread(files) == files[:2]
        assert index.digests() == {digest_of("33")}
        index.add([reading(f, d, make_faces(rng, 1)) for f, d in zip(files, "123", strict=True)])
        assert index.unread(files) == []
        assert [p.problem for p in index.load(files, {})[0]] == [None] * 3


def test_a_photo_that_turned_unreadable_loses_its_faces(
    opened: Open, rng: np.random.Generator
) -> None:
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 2))])
        changed = file("a.jpg", mtime=2)
        index.add([Reading(changed, digest_of("22"), problem="truncated")])
        photos, faces = index.load([changed], {})
    assert (photos[0].problem, len(faces)) == ("truncated", 0)


# Windows knows names with half a surrogate pair, Linux names of any bytes.
NAMES = st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=20)
NAMES |= st.binary(min_size=1, max_size=20).map(os.fsdecode)


@settings(max_examples=40, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_any_name_that_a_system_can_have(names: list[str]) -> None:
    rng = np.random.default_rng(0)
    files = [file(name) for name in names]
    with Index(Path("never made"), READER, keep=False) as index:
        index.add([reading(f, str(i), make_faces(rng, 1)) for i, f in enumerate(files)])
        assert index.unread(files) == []
        assert [p.path for p in index.load(files, {})[0]] == names
        index.forget_missing(files[1:])
        assert paths(index.unread(files)) == names[:1]


def test_a_name_that_is_not_utf8_and_its_bytes_as_text_are_two(
    opened: Open, rng: np.random.Generator
) -> None:
    files = [file(os.fsdecode(b"caf\xe9.jpg")), file("caf\xe9.jpg")]
    with opened() as index:
        index.add([reading(f, str(i), make_faces(rng, 1)) for i, f in enumerate(files)])
    with opened() as index:
        assert [p.digest for p in index.load(files, {})[0]] == [digest_of("0"), digest_of("1")]


def grouping(labels: list[int]) -> Grouping:
    n = len(labels)
    return Grouping(
        labels=np.array(labels, np.int32),
        reasons=tuple(Reason.ALONE if x < 0 else Reason.PLACED for x in labels),
        nearest=np.array(labels, np.int32),
        distance=np.zeros(n, np.float32),
        quality=np.ones(n, np.float32),
        core=np.ones(n, np.bool_),
        threshold=0.06,
    )


def test_runs_are_remembered_and_the_newest_decides(
    opened: Open, db: Path, rng: np.random.Generator
) -> None:
    files = [file("a.jpg"), file("b.jpg")]
    counts = Summary(2, 2, {Status.GROUPED: 2}, 4, 4, {Reason.ALONE: 0})
    run = RunRow("2024-05-06", "1", {"x": [1]}, counts, seconds=1.5)
    with opened() as index:
        index.add([reading(f, f.path, make_faces(rng, 2)) for f in files])
        photos, faces = index.load(files, {})
        index.save_run(photos, faces, grouping([0, 1, 0, 1]), run)
        index.save_run(photos, faces, grouping([0, -1, 0, -1]), replace(run, seconds=0.5))
    with closing(sqlite3.connect(db)) as raw:
        assert raw.execute("SELECT id FROM person").fetchall() == [(1,)]
        rows = "SELECT digest, ordinal, person FROM assignment JOIN face ON face.id = face"
        assert sorted(raw.execute(rows)) == [(digest_of("a.jpg"), 0, 1), (digest_of("b.jpg"), 0, 1)]
        runs = raw.execute("SELECT started, version, settings, counts, seconds FROM run").fetchall()
    assert [r[4] for r in runs] == [1.5, 0.5]
    assert json.loads(runs[0][2]) == {"x": [1]}
    assert json.loads(runs[0][3]) == {
        "people": 2,
        "photos": 2,
        "photos_by_status": {"grouped": 2},
        "faces": 4,
        "faces_placed": 4,
        "faces_by_reason": {"alone": 0},
        "copies": 0,
    }


def test_a_picture_hash_comes_back_as_it_was(opened: Open, rng: np.random.Generator) -> None:
    files = [file("a.jpg"), file("b.jpg"), file("twin.jpg")]
    code = bytes(range(32))
    with opened() as index:
        index.add([reading(files[0], "a", make_faces(rng, 1), code)])
        index.add([reading(files[1], "b", make_faces(rng, 0))])
        index.add([Reading(files[2], digest_of("a"))])
    with opened() as index:
        assert [p.picture_hash for p in index.load(files, {})[0]] == [code, b"", code]
