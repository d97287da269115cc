"""The catalogue of hostile files, as far as finding and reading them goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from facecluster.config import ScanConfig
from facecluster.errors import PhotoError, SettingsError
from facecluster.photos.read import decode, digest, load
from facecluster.photos.scan import scan
from tests.support.hostile_files import CATALOGUE, Hostile


def test_the_catalogue_is_large_and_its_names_are_unique() -> None:
    assert len(CATALOGUE) >= 40
    assert len({hostile.name for hostile in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("hostile", CATALOGUE, ids=lambda hostile: hostile.name)
def test_hostile(hostile: Hostile, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not hostile.possible:
        pytest.skip("this system cannot have it")
    hostile.write(tmp_path)
    if hostile.outcome == "error":
        with pytest.raises(SettingsError, match=hostile.reason):
            scan(tmp_path / hostile.path, ScanConfig())
        return
    paths = [file.path for file in scan(tmp_path, ScanConfig()).files]
    if hostile.outcome == "skipped":
        assert paths == []
        return
    assert hostile.path in paths
    if hostile.outcome == "unreadable":
        with pytest.raises(PhotoError, match=hostile.reason):
            decode(load(tmp_path / hostile.path), 640)
    else:
        data = load(tmp_path / hostile.path)
        assert 1 <= max(decode(data, 640).pixels.shape[:2]) <= 1280
        others = [load(tmp_path / path) for path in paths if path != hostile.path]
        assert (digest(data) in map(digest, others)) == (hostile.outcome == "duplicate")
    assert capfd.readouterr() == ("", "")


def test_a_file_that_vanishes_and_one_that_becomes_a_folder(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"x")
    files = scan(tmp_path, ScanConfig()).files
    (tmp_path / "a.jpg").unlink()
    (tmp_path / "b.jpg").unlink()
    (tmp_path / "b.jpg").mkdir()
    for file, reason in zip(files, ("gone", "not a regular file"), strict=True):
        with pytest.raises(PhotoError, match=reason):
            load(tmp_path / file.path)
