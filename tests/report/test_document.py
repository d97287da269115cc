"""report.json: what is written is read back, to the last bit, and what is not a report is said."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import ReportError
from facecluster.records import PhotoRow, Reason, Status
from facecluster.report.build import build_report
from facecluster.report.document import FORMAT, members, read_report, report_json
from facecluster.report.people import Identities
from facecluster.report.records import Point, Report
from tests.support.made_albums import RUN, make_confidence, make_faces, make_grouping

REASONS = st.sampled_from(list(Reason))


def report_of(reasons=(), photos=3, name=None):
    """A report on so many photos, with a face for each reason."""
    labels = [0 if reason is Reason.PLACED else -1 for reason in reasons]
    grouping = make_grouping(labels, reasons)
    if grouping.people:
        grouping = make_confidence(grouping, [0.25])
    rows = [PhotoRow(name or f"{i}.jpg", str(i), 1, 40, 30) for i in range(photos)]
    table = make_faces([i % photos for i in range(len(reasons))])
    return build_report(
        Path("/photos"),
        rows,
        table,
        grouping,
        RUN,
        who=Identities.by_rank(grouping.people, ["Ann"]),
    )


def plain(report: Report) -> dict[str, object]:
    found: dict[str, object] = json.loads(report_json(report))
    return found


@given(st.lists(REASONS, max_size=12))
def test_what_is_written_is_read_back(reasons):
    report = report_of(reasons)
    data = report_json(report)
    assert read_report(data) == report
    assert report_json(read_report(data)) == data


def test_it_is_read_from_a_file_and_typed_all_the_way(album):
    album.write()
    report = read_report(album.out / "report.json")
    assert report.photos[0].status is Status.GROUPED
    assert report.faces[5].reason is Reason.ALONE
    assert isinstance(report.scatter.points[0], Point)
    assert report.summary.photos_by_status[Status.NO_FACE] == 1
    assert report.run.settings == RUN.settings


def test_the_file_is_what_the_standard_encoder_makes_of_plain_values():
    """A record per line, as `json` writes dicts and lists: an encoder of its own would drift."""
    report = report_of([Reason.PLACED, Reason.PLACED, Reason.ALONE])
    lines = report_json(report).decode().splitlines()
    for line in lines[1:-1]:
        text = line.strip().rstrip(",")
        if text.startswith("{"):
            assert json.dumps(json.loads(text), ensure_ascii=False) == text
    assert list(plain(report)) == ["format", "version", *(f.name for f in fields(Report))]


@pytest.mark.parametrize("name", ['b\udcff"\n.jpg', "日本.jpg", "\u2028.jpg", "\\udcff.jpg"])
def test_any_name_survives(name):
    report = report_of(name=name, photos=1)
    data = report_json(report)
    assert json.loads(data.decode("utf-8"))["photos"][0]["path"] == name
    assert read_report(data) == report


def test_fields_of_a_later_version_are_left_out():
    report = report_of([Reason.PLACED])
    later = plain(report) | {"weather": "fine"}
    later["faces"][0]["mood"] = {"happy": 1}
    assert read_report(json.dumps(later).encode()) == report


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "facecluster-manifest"}, "not a report of facecluster"),
        ({"version": 2}, "written by a newer facecluster .report version 2, this one knows 1."),
        ({"version": None}, "damaged"),
        ({"version": "1"}, "damaged"),
        ({"people": 3}, "damaged .*people"),
        ({"photos": [{"path": "a.jpg"}]}, "damaged .*status"),
        ({"notes": [1]}, "damaged .*notes"),
    ],
)
def test_what_is_not_a_report_is_one_sentence(change, words):
    with pytest.raises(ReportError, match=words) as caught:
        read_report(json.dumps(plain(report_of()) | change).encode())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[]", b"null", b"photo,x,y", b"[" * 100_000, b'{"format": NaN}']
)
def test_other_bytes_are_not_a_report(data, tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(data)
    for source, name in ((data, "the report"), (path, str(path))):
        with pytest.raises(ReportError, match="not a report") as caught:
            read_report(source)
        assert str(caught.value).startswith(f"{name}: ")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReportError, match=r"gone\.json: cannot be read \(No such file"):
        read_report(tmp_path / "gone.json")


def test_half_a_report_is_never_taken_for_one():
    data = report_json(report_of([Reason.PLACED, Reason.ALONE]))
    assert FORMAT.encode() in data
    for end in range(0, len(data) - 2, 97):
        with pytest.raises(ReportError):
            read_report(data[:end])


def test_members_are_those_of_records_only():
    report = report_of([Reason.PLACED])
    assert members(report.people[0])["photo_count"] == 1
    with pytest.raises(TypeError, match="Path is not a record"):
        members(Path())
    with pytest.raises(ValueError, match="not JSON compliant"):  # nan has no place in a report
        report_json(replace(report, faces=(replace(report.faces[0], score=float("nan")),)))
