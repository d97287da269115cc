"""Further links to a photo get a row, and count as the photo that they lead to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.config import ClusterConfig
from facecluster.records import Status
from tests.support.group_runs import Group, people, to

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


def test_albums_of_links_count_each_photo_once(party: Path, group: Group, tmp_path: Path) -> None:
    plain = group(party, to(tmp_path / "plain"))
    albums = tmp_path / "albums"
    for name in ("A", "B"):
        (albums / name).mkdir(parents=True)
        for photo in party.iterdir():
            (albums / name / photo.name).symlink_to(photo)
    report = group(albums, to(tmp_path / "out", link="copy"))
    assert report.summary.photos == 12
    assert report.summary.photos_by_status[Status.DUPLICATE] == 6
    assert {p.duplicate_of for p in report.photos if p.path.startswith("B/")} == {
        f"A/{name}" for name in os.listdir(party)
    }
    assert [person.photo_count for person in report.people] == [
        person.photo_count for person in plain.people
    ]
    assert len(list((tmp_path / "out/people").rglob("*.jpg"))) == 6


def test_the_file_stands_for_its_links_whatever_their_names(
    party: Path, group: Group, tmp_path: Path
) -> None:
    (party / "z").mkdir()
    (party / "grace.jpg").rename(party / "z/grace.jpg")
    (party / "0.jpg").symlink_to("z/grace.jpg")
    report = group(party, to(tmp_path / "out"))
    rows = {photo.path: photo.duplicate_of for photo in report.photos}
    assert (rows["0.jpg"], rows["z/grace.jpg"]) == ("z/grace.jpg", None)
    assert {"z/grace.jpg"} == {p for group in people(report) for p in group if "grace.j" in p}


def test_a_photo_and_its_links_make_nobody(party: Path, group: Group, tmp_path: Path) -> None:
    for photo in party.iterdir():
        if photo.name != "grace.jpg":
            photo.unlink()
    for name in ("1.jpg", "2.jpg", "3"):
        (party / name).symlink_to("grace.jpg")
    settings = replace(to(tmp_path / "out"), cluster=ClusterConfig(min_photos=2))
    report = group(party, settings)
    assert (report.summary.photos, report.summary.people) == (4, 0)
    assert len(report.faces) == 1
