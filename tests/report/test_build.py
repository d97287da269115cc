"""The report says what became of every photo and face, and its schema agrees."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.config import OutputConfig
from facecluster.output.table import faces_csv
from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.document import PIECE, read_report, report_json
from facecluster.report.records import Failure, ProbablyMixed, ProbablySame
from facecluster.report.rows import thumbnail_path
from tests.support.made_albums import RUN, Album, make_confidence, make_faces, make_grouping

SCHEMA = json.loads(files("facecluster.report").joinpath("report.schema.json").read_text("utf-8"))


def report_of(album: Album, **config):
    return build_report(
        album.root, album.photos, album.faces, album.grouping, RUN, OutputConfig(**config)
    )


def test_every_photo_has_its_status(album):
    report = report_of(album)
    assert {p.path: (p.status, p.reason) for p in report.photos} == {
        "a.jpg": ("grouped", ""),
        "sub/b.jpg": ("grouped", ""),
        "c.jpg": ("grouped", ""),
        "d.jpg": ("grouped", ""),
        "e.jpg": ("unsure", "face: 1 alone"),
        "f.jpg": ("poor", "faces: 1 too small, 1 too poor"),
        "g.jpg": ("no face", ""),
        "again/b.jpg": ("duplicate", "the same picture as sub/b.jpg"),
        "broken.jpg": ("unreadable", "it is empty"),
    }
    assert report.failures == (Failure("broken.jpg", "it is empty"),)
    assert sum(report.summary.photos_by_status.values()) == len(album.photos)
    assert report.notes == ("Grouped.", "A note.")


def test_people_are_counted_by_hand(album):
    report = report_of(album)
    first, second = report.people
    assert (first.id, first.name, first.folder) == (1, None, "people/person-001")
    assert (first.photo_count, first.face_count, first.faces) == (3, 3, (0, 2, 3))
    assert second.faces == (1, 4)
    assert first.best_face == 0  # the highest quality
    own = album.grouping.distance[[0, 2, 3]]
    assert first.spread == pytest.approx(own.mean(), abs=1e-4)
    assert report.unsure == (5, 6)  # the small face is not among them
    assert [f.person for f in report.faces] == [1, 2, 1, 1, 2, None, None, None]
    assert report.faces[7].reason == "too small"


def test_two_faces_of_one_person_in_a_photo_count_as_one_photo(album):
    grouping = make_grouping([0, 0], [Reason.PLACED] * 2)
    report = build_report(album.root, album.photos, make_faces([0, 0]), grouping, RUN)
    assert (report.people[0].photo_count, report.people[0].face_count) == (1, 2)


@pytest.mark.parametrize("link", ["copy", "none"])
def test_schema_accepts_reports_and_refuses_others(album, link):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    report = json.loads(report_json(report_of(album, link=link)))
    validator.validate(report)
    for key in report:
        assert not validator.is_valid({k: v for k, v in report.items() if k != key}), key
    report["faces"][5]["reason"] = ""  # a face without a person must say why
    assert not validator.is_valid(report)


def test_confidence_goes_where_it_belongs(album):
    chances = [0.123456, 1.0, 0.4, 0.25, 0.75]
    grouping = make_confidence(album.grouping, [0.98761, 0.3], [(0, 1, 0.654321)], chances)
    report = report_of(replace(album, grouping=grouping))
    assert [face.confidence for face in report.faces] == [
        *(0.1235, 1.0, 0.4, 0.25, 0.75),
        *(None, None, None),  # placed with nobody
    ]
    assert [person.confidence for person in report.people] == [0.9876, 0.3]
    assert report.probably_same == (ProbablySame((1, 2), 0.6543, shared_photos=1),)
    assert report.probably_mixed == (ProbablyMixed(2, 0.3),)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    written = json.loads(report_json(report))
    validator.validate(written)
    written["probably_same"][0]["people"] = [1, 1]
    assert not validator.is_valid(written)


def test_a_grouping_without_confidence_has_nulls_and_no_lists(album):
    report = report_of(album)
    assert {face.confidence for face in report.faces} == {None}
    assert {person.confidence for person in report.people} == {None}
    assert report.probably_same == report.probably_mixed == ()


def test_schema_accepts_an_empty_folder_and_photos_without_faces(tmp_path):
    for photos in ([], [PhotoRow("a.jpg", "d", 1)]):
        report = build_report(tmp_path, photos, make_faces([]), make_grouping([], []), RUN)
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(report_json(report)))
        assert report.people == report.scatter.points == ()


def test_faces_without_any_person_have_no_distance(album):
    report = report_of(album.regroup([-1] * 8))
    assert {(f.nearest, f.distance) for f in report.faces} == {(None, None)}
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(report_json(report)))


def test_same_input_gives_the_same_bytes(album):
    assert report_of(album) == report_of(album)
    assert report_json(report_of(album)) == report_json(report_of(album))


def test_thumbnails_are_named_only_where_they_exist(album):
    there = {thumbnail_path(album.photos[0].digest, 1)}
    report = build_report(
        album.root, album.photos, album.faces, album.grouping, RUN, thumbnails=there
    )
    found = [f.id for f in report.faces if f.thumbnail]
    assert found == [1]
    assert report.faces[1].thumbnail in there


def test_many_faces_and_people_are_all_there():
    n = 20_000
    photos = [PhotoRow(f"{i}.jpg", str(i), 1, 100, 100) for i in range(n)]
    grouping = make_grouping((np.arange(n) % 5000).tolist(), [Reason.PLACED] * n)
    one, own = make_faces([0]), np.arange(n, dtype=np.int32)
    columns = {f.name: np.repeat(getattr(one, f.name), n, axis=0) for f in fields(one)}
    faces = type(one)(**(columns | {"photo": own}))
    report = build_report(Path("/"), photos, faces, grouping, RUN)
    assert report.summary.people == 5000
    assert sum(person.face_count for person in report.people) == n
    assert len(report.scatter.points) == 3000
    assert n > PIECE
    assert read_report(report_json(report)) == report
    lines = report_json(report).splitlines()
    assert sum(line.startswith(b'    {"id": ') for line in lines) == n + 5000  # a record a line
    assert len(faces_csv(report).splitlines()) == n + 1


@given(
    faces=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(list(Reason))), max_size=12),
    problem=st.sampled_from([None, "it is empty"]),
)
def test_fates_are_those_that_counting_face_by_face_gives(faces, problem):
    photos = [PhotoRow(f"{i}.jpg", str(i), 1) for i in range(4)]
    photos[3] = replace(photos[3], problem=problem)
    reasons = [reason for _, reason in faces]
    labels = [0 if reason is Reason.PLACED else -1 for reason in reasons]
    table = make_faces([photo for photo, _ in faces])
    report = build_report(Path("/"), photos, table, make_grouping(labels, reasons), RUN)
    for number, record in enumerate(report.photos):
        own = [reason for photo, reason in faces if photo == number]
        assert record.faces == tuple(i for i, (photo, _) in enumerate(faces) if photo == number)
        if number == 3 and problem:
            assert (record.status, record.reason) == ("unreadable", problem)
            continue
        if Reason.PLACED in own:
            status = "grouped"
        elif Reason.ALONE in own or Reason.TWICE in own:
            status = "unsure"
        else:
            status = "poor" if own else "no face"
        assert record.status == status
        for reason in set(own) - {Reason.PLACED}:
            assert f"{own.count(reason)} {reason}" in record.reason
        if not set(own) - {Reason.PLACED}:
            assert record.reason == ""
