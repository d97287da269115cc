"""Which frames of a video are looked at, and what becomes of broken ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import PhotoError
from facecluster.photos.video.frames import Sampling, about, frames
from tests.support.made_videos import make_video

RED, GREEN = (200, 30, 30), (20, 180, 40)


def test_one_frame_a_second_and_one_of_each_scene(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", [(RED, 35), (GREEN, 5), (RED, 20)], fps=10, gop=10)
    found = about(path)
    assert found.seconds == pytest.approx(5.9, abs=0.2)
    seen = list(frames(path, found))
    assert [frame.scene for frame in seen] == sorted(frame.scene for frame in seen)
    assert {frame.scene for frame in seen} == {0, 1, 2}
    gaps = np.diff([frame.seconds for frame in seen])
    assert (gaps <= 1.3).all()
    assert 5 <= len(seen) <= 9
    assert all(frame.pixels.shape == (64, 96, 3) for frame in seen)
    # The colours of the first scene, as far as a lossy codec keeps them.
    assert np.abs(seen[0].pixels.mean((0, 1)) - RED).max() < 12


@pytest.mark.parametrize("gop", [1, 12, 1000])
def test_however_seldom_whole_frames_are(tmp_path: Path, gop: int) -> None:
    path = make_video(tmp_path / "a.mkv", [(RED, 80)], fps=10, gop=gop)
    seen = list(frames(path, about(path)))
    assert np.diff([frame.seconds for frame in seen]).max() <= 2.1
    assert 4 <= len(seen) <= 8


def test_long_ones_are_looked_at_less_often_and_large_ones_reduced(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", [(RED, 100)], fps=10, gop=10)
    seen = list(frames(path, about(path), Sampling(most=3, side=48)))
    assert len(seen) <= 3
    assert seen[-1].seconds > 5
    assert seen[0].pixels.shape == (32, 48, 3)


def test_a_broken_end_loses_the_end_alone(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", [(RED, 60)], fps=10, gop=5, noise=True)
    whole = len(list(frames(path, about(path))))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    seen = list(frames(path, about(path)))
    assert 0 < len(seen) < whole


@pytest.mark.parametrize("data", [b"", b"no video", b"\x00\x00\x00\x18ftypmp42" + bytes(50)])
def test_what_is_no_video_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    with pytest.raises(PhotoError, match="video"):
        about(path)


def test_a_playlist_that_names_an_address_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n")
    with pytest.raises(PhotoError, match="video"):
        list(frames(path, about(path)))


def test_too_large_frames_are_refused(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", [(RED, 3)])
    with pytest.raises(PhotoError, match="too large: 96 x 64 px"):
        about(path, Sampling(pixels=1000))
