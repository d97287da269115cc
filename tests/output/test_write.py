"""All results together: what is written, and whose files are in the way."""

from __future__ import annotations

import os

import pytest

from facecluster.base.atomic import CHUNK, write_atomic, write_pieces
from facecluster.errors import OutputError
from facecluster.output.table import faces_csv
from facecluster.report.document import read_report, report_json

NAMES = ("report.html", "report.json", "faces.csv")


def test_files_hold_what_the_report_says(album):
    report = album.write()
    assert (album.out / "report.json").read_bytes() == report_json(report)
    assert (album.out / "faces.csv").read_bytes() == faces_csv(report)
    assert read_report(album.out / "report.json") == report


def test_two_runs_leave_the_same_files(album):
    album.write()
    before = {name: (album.out / name).read_bytes() for name in NAMES}
    album.write()
    assert {name: (album.out / name).read_bytes() for name in NAMES} == before
    assert not list(album.out.rglob("*.tmp"))


@pytest.mark.parametrize("name", NAMES)
def test_a_users_file_of_that_name_stops_the_run(album, name):
    album.out.mkdir()
    (album.out / name).write_text("my own notes")
    with pytest.raises(OutputError, match=f"{name} is in the way"):
        album.write()
    assert os.listdir(album.out) == [name]
    assert (album.out / name).read_text() == "my own notes"


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_that_name_stops_the_run(album, name):
    (album.out / name).mkdir(parents=True)
    with pytest.raises(OutputError, match="is in the way"):
        album.write()


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_atomic(path, b"old")

    def fail(*args):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match=r"a\.txt: no permission"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_equal_content_is_not_written_again(tmp_path):
    path = tmp_path / "a.txt"
    write_atomic(path, b"same")
    before = path.stat().st_ino
    write_atomic(path, b"same")
    assert path.stat().st_ino == before
    write_atomic(path, b"diff")
    assert path.stat().st_ino != before


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1])
def test_pieces_are_one_file_that_is_written_when_it_differs(tmp_path, size):
    path = tmp_path / "deep" / "a.txt"
    data = bytes(size)
    write_pieces(path, iter([data[:7], data[7:]]))
    assert path.read_bytes() == data
    before = path.stat().st_ino
    write_pieces(path, iter([data]))
    assert path.stat().st_ino == before
    for other in (data + b"1", data[:-1] + b"1"):
        write_pieces(path, iter([other]))
        assert path.read_bytes() == other
    assert os.listdir(tmp_path / "deep") == ["a.txt"]


def test_pieces_that_end_early_leave_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_pieces(path, [b"old"])

    def pieces():
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pieces(path, pieces())
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]
