"""Nothing is deleted or renamed behind a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from facecluster.base.inside import rename_inside, unlink_inside
from tests.support.made_albums import needs_links

LINK = "directory|levels of symbolic links"  # as Linux and macOS say it


def test_files_are_deleted_and_renamed(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").write_text("c")
    rename_inside(tmp_path, "a/b/c", "a/d")
    assert (tmp_path / "a/d").read_text() == "c"
    unlink_inside(tmp_path, "a/d")
    assert not (tmp_path / "a/d").exists()
    with pytest.raises(FileNotFoundError):
        unlink_inside(tmp_path, "a/d")
    with pytest.raises(FileNotFoundError):
        rename_inside(tmp_path, "x/d", "a/d")


@needs_links
@pytest.mark.parametrize("link", ["out/people", "out/people/person-001"])
def test_a_link_on_the_way_is_not_followed(tmp_path: Path, link: str) -> None:
    real, path = tmp_path / "photos", "people/person-001/a.jpg"
    inner = real / Path("out", path).relative_to(link)
    inner.parent.mkdir(parents=True)
    inner.write_text("original")
    (tmp_path / "out/kept").mkdir(parents=True)
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(real, target_is_directory=True)
    assert (tmp_path / "out" / path).read_text() == "original"
    with pytest.raises(OSError, match=LINK):
        unlink_inside(tmp_path / "out", path)
    with pytest.raises(OSError, match=LINK):
        rename_inside(tmp_path / "out", path, "kept/a.jpg")
    (tmp_path / "out/kept/b.jpg").write_text("ours")
    with pytest.raises(OSError, match=LINK):
        rename_inside(tmp_path / "out", "kept/b.jpg", path)
    assert inner.read_text() == "original"


@needs_links
def test_a_link_itself_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "photo").write_text("original")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a").symlink_to(tmp_path / "photo")
    unlink_inside(tmp_path / "out", "a")
    assert (tmp_path / "photo").read_text() == "original"
    assert list((tmp_path / "out").iterdir()) == []
