"""Videos in a library: each person in one counts once."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.config import OutputConfig, ScanConfig, Settings
from facecluster.records import Status
from tests.support.made_videos import make_video


@pytest.fixture
def shown(astronaut, hopper):
    """Two people, each as a square frame of 320 px, and an empty one."""
    frames = [np.asarray(Image.fromarray(p).resize((320, 320))) for p in (astronaut, hopper)]
    return [*frames, np.full((320, 320, 3), 90, np.uint8)]


def settings(out: Path, videos: bool = True) -> Settings:
    return Settings(
        scan=ScanConfig(videos=videos), output=OutputConfig(folder=out, link="copy"), threads=2
    )


def test_a_video_counts_once_for_each_person_and_lies_in_their_folders(
    tmp_path, shown, group
) -> None:
    photos = tmp_path / "Photos"
    photos.mkdir()
    eileen, grace, nobody = shown
    scenes = [(eileen, 25), (grace, 25), (nobody, 10), (eileen, 25)]
    make_video(photos / "party.mkv", scenes, size=(320, 320))
    Image.fromarray(eileen).save(photos / "eileen.png")
    Image.fromarray(grace).save(photos / "grace.png")
    make_video(photos / "sea.mkv", [(nobody, 20)], size=(320, 320))
    report = group(photos, settings(tmp_path / "out"))
    by_path = {photo.path: photo for photo in report.photos}
    assert len(by_path["party.mkv"].faces) == 2
    assert by_path["sea.mkv"].status is Status.NO_FACE
    assert sorted(person.photo_count for person in report.people) == [2, 2]
    for person in report.people:
        folder = tmp_path / "out" / str(person.folder)
        assert (folder / "party.mkv").read_bytes() == (photos / "party.mkv").read_bytes()
    again = group(photos, settings(tmp_path / "out"))
    assert [p.faces for p in again.people] == [p.faces for p in report.people]


def test_without_being_asked_videos_are_left_out(tmp_path, shown, group) -> None:
    photos = tmp_path / "Photos"
    photos.mkdir()
    make_video(photos / "a.mkv", [(shown[0], 5)], size=(320, 320))
    Image.fromarray(shown[1]).save(photos / "grace.png")
    report = group(photos, settings(tmp_path / "out", videos=False))
    assert [photo.path for photo in report.photos] == ["grace.png"]
    assert [record.kind for record in report.left_out] == [".mkv"]


def test_a_video_that_cannot_be_read_is_named(tmp_path, shown, group) -> None:
    photos = tmp_path / "Photos"
    photos.mkdir()
    (photos / "broken.mp4").write_bytes(b"\0" * 5000)
    (photos / "empty.mov").write_bytes(b"")
    shutil.copy(make_video(tmp_path / "a.mkv", [(shown[0], 15)], size=(320, 320)), photos)
    report = group(photos, settings(tmp_path / "out"))
    assert {failure.path for failure in report.failures} == {"broken.mp4", "empty.mov"}
    assert all("video" in failure.reason for failure in report.failures)
