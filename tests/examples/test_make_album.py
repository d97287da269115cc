"""The demo album: what it holds, that it reads well, and that it is always the same."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from facecluster.config import ScanConfig
from facecluster.errors import PhotoError
from facecluster.photos.read import decode, digest, load
from facecluster.photos.scan import scan

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "make_album.py"
pytest.importorskip("skimage")
pytest.importorskip("matplotlib")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "album"
    done = make(str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_about_thirty_photos_in_subfolders(album: Path) -> None:
    result = scan(album, ScanConfig())
    assert not result.problems
    assert 25 <= len(result.files) <= 40
    assert len(result.files) == sum(p.is_file() for p in album.rglob("*"))
    assert len({Path(file.path).parent for file in result.files}) >= 5


def test_one_broken_and_one_duplicate(album: Path) -> None:
    broken, digests = [], []
    for file in scan(album, ScanConfig()).files:
        data = load(album / file.path)
        digests.append(digest(data))
        try:
            decode(data, 400)
        except PhotoError as error:
            broken.append((file.path, str(error)))
    assert broken == [
        ("copies/interrupted download.jpg", "truncated: the end of the file is missing")
    ]
    assert len(digests) - len(set(digests)) == 1


@pytest.mark.parametrize(
    ("turned", "orientation"),
    [("eileen/sideways.jpg", 6), ("grace/sideways.jpg", 8), ("eileen/upside down.jpg", 3)],
)
def test_turned_photos_are_upright_after_reading(
    album: Path, turned: str, orientation: int
) -> None:
    picture = decode(load(album / turned), 4096)
    straight = decode(load(album / Path(turned).parent / "portrait.jpg"), 4096)
    assert picture.orientation == orientation
    assert picture.pixels.shape == straight.pixels.shape
    assert np.abs(picture.pixels.astype(int) - straight.pixels).mean() < 3


def test_the_mirrored_one_is_upright_too(album: Path) -> None:
    mirrored = decode(load(album / "formats/grace in a mirror.jpg"), 4096)
    straight = decode(load(album / "grace/portrait.jpg"), 4096)
    assert mirrored.orientation == 5
    assert np.abs(mirrored.pixels[:, ::-1].astype(int) - straight.pixels).mean() < 3


def test_large_and_small_ones(album: Path) -> None:
    assert decode(load(album / "eileen/poster.jpg"), 64).width == 4000
    assert decode(load(album / "grace/small.jpg"), 64).height == 200


def test_a_second_run_changes_nothing(album: Path, tmp_path: Path) -> None:
    def state(folder: Path) -> dict[str, str]:
        files = (p for p in folder.rglob("*") if p.is_file())
        return {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in files
        }

    before = state(album)
    times = {p: p.stat().st_mtime_ns for p in album.rglob("*")}
    assert make(str(album)).returncode == 0
    assert make(str(tmp_path / "other")).returncode == 0
    assert state(album) == before == state(tmp_path / "other")
    assert {p: p.stat().st_mtime_ns for p in album.rglob("*")} == times


def test_what_goes_wrong_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = make(str(tmp_path / "file"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "cannot write the album" in done.stderr
    blocked = "import sys; sys.modules['skimage'] = None; sys.argv = ['make_album', 'x']; "
    run = f"import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", blocked + run], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "The demo needs skimage: pip install 'facecluster[demo]'\n"
