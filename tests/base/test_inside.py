"""Nothing is made, renamed or deleted behind a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from facecluster.base.inside import (
    make_folders,
    new_inside,
    rename_inside,
    replacing_inside,
    rmdir_inside,
    unlink_inside,
    write_inside,
)
from tests.support.made_albums import needs_links

LINK = "directory|levels of symbolic links"  # as Linux and macOS say it


def put(base: Path, path: str, text: str) -> None:
    with new_inside(base, path) as place, place.open() as file:
        file.write(text.encode())


def link(base: Path, path: str, source: Path) -> None:
    with new_inside(base, path) as place:
        place.link(str(source))


def symlink(base: Path, path: str, text: str) -> None:
    with new_inside(base, path) as place:
        place.symlink(text)


def replace(base: Path, path: str, partial: str) -> None:
    with replacing_inside(base, path, partial) as place, place.open() as file:
        file.write(b"new")


def test_files_are_made_renamed_and_deleted(tmp_path: Path) -> None:
    make_folders(tmp_path, "a/b")
    make_folders(tmp_path, "a/b")
    put(tmp_path, "a/b/c", "c")
    rename_inside(tmp_path, "a/b/c", "a/d")
    rmdir_inside(tmp_path, "a/b")
    assert (tmp_path / "a/d").read_text() == "c"
    unlink_inside(tmp_path, "a/d")
    assert os.listdir(tmp_path / "a") == []
    with pytest.raises(FileNotFoundError):
        unlink_inside(tmp_path, "a/d")
    with pytest.raises(FileNotFoundError):
        rename_inside(tmp_path, "x/d", "a/d")
    with pytest.raises(FileNotFoundError):
        put(tmp_path, "x/d", "d")


def test_a_new_file_takes_the_place_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileExistsError):
        put(tmp_path, "a", "new")
    with pytest.raises(FileExistsError):
        link(tmp_path, "a", tmp_path / "a")
    assert (tmp_path / "a").read_text() == "old"


def test_what_a_block_made_takes_the_place_in_one_step(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp/1").write_text("of a run that was killed")
    for _ in range(2):
        replace(tmp_path, "a", "tmp/1")
        assert (tmp_path / "a").read_text() == "new"
        assert os.listdir(tmp_path / "tmp") == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path, error: type[Exception]) -> None:
    (tmp_path / "a").write_text("old")

    def interrupted() -> None:
        with replacing_inside(tmp_path, "a", "part") as place:
            place.open().close()
            raise error

    with pytest.raises(error):
        interrupted()
    assert (tmp_path / "a").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_hard_link_to_the_same_file_leaves_no_second_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("same")
    with replacing_inside(tmp_path, "a", "part") as place:
        place.link(str(tmp_path / "a"))  # POSIX: renaming to its own twin does nothing
    assert os.listdir(tmp_path) == ["a"]


@needs_links
def test_rights_are_those_that_were_asked_for(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        make_folders(tmp_path, "x/y", 0o700)
        with new_inside(tmp_path, "x/f") as one, new_inside(tmp_path, "x/g") as other:
            one.open(0o600).close()
            other.open().close()
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("x", "x/y", "x/f", "x/g")]
    assert modes == [0o700, 0o700, 0o600, 0o644]


@pytest.fixture(params=["people", "people/person-001"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An output folder in which a folder was replaced by a link to the photos."""
    if os.name == "nt":
        pytest.skip("links need rights there")
    base, photos = tmp_path / "out", tmp_path / "photos"
    inner = photos / Path("people/person-001").relative_to(request.param)
    (inner / "empty").mkdir(parents=True)
    (inner / "a.jpg").write_text("original")
    (base / "kept").mkdir(parents=True)
    (base / "kept/ours.jpg").write_text("ours")
    (base / request.param).parent.mkdir(exist_ok=True)
    (base / request.param).symlink_to(photos, target_is_directory=True)
    return base


FOLDER = "people/person-001"
STEPS: dict[str, Callable[[Path], object]] = {
    "delete": lambda base: unlink_inside(base, f"{FOLDER}/a.jpg"),
    "delete a folder": lambda base: rmdir_inside(base, f"{FOLDER}/empty"),
    "move out": lambda base: rename_inside(base, f"{FOLDER}/a.jpg", "kept/b.jpg"),
    "move in": lambda base: rename_inside(base, "kept/ours.jpg", f"{FOLDER}/a.jpg"),
    "make": lambda base: put(base, f"{FOLDER}/new.jpg", "new"),
    "make a folder": lambda base: make_folders(base, f"{FOLDER}/new/deep"),
    "link": lambda base: link(base, f"{FOLDER}/new.jpg", base / "kept/ours.jpg"),
    "link by name": lambda base: symlink(base, f"{FOLDER}/new.jpg", "kept"),
    "write": lambda base: write_inside(base, {f"{FOLDER}/a.jpg": b"new"}, 0o600),
    "replace": lambda base: replace(base, f"{FOLDER}/a.jpg", "kept/part"),
    "make beside": lambda base: replace(base, "kept/ours.jpg", f"{FOLDER}/part"),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_link_on_the_way_is_not_followed(base: Path, step: Callable[[Path], object]) -> None:
    before = sorted(base.parent.rglob("*"))
    assert (base / FOLDER / "a.jpg").read_text() == "original"
    with pytest.raises(OSError, match=LINK):
        step(base)
    assert sorted(base.parent.rglob("*")) == before
    assert (base / FOLDER / "a.jpg").read_text() == "original"
    assert (base / "kept/ours.jpg").read_text() == "ours"


@needs_links
def test_a_link_itself_is_deleted_and_replaced(tmp_path: Path) -> None:
    (tmp_path / "photo").write_text("original")
    (tmp_path / "out").mkdir()
    for name in ("a", "b"):
        symlink(tmp_path / "out", name, str(tmp_path / "photo"))
    unlink_inside(tmp_path / "out", "a")
    replace(tmp_path / "out", "b", "part")
    assert (tmp_path / "photo").read_text() == "original"
    assert [p.read_text() for p in (tmp_path / "out").iterdir()] == ["new"]


@needs_links
def test_a_link_in_place_of_a_new_file_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "photo").write_text("original")
    (tmp_path / "part").symlink_to(tmp_path / "photo")
    with pytest.raises(FileExistsError):
        put(tmp_path, "part", "new")
    (tmp_path / "hole").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        put(tmp_path, "hole", "new")
    assert not (tmp_path / "nowhere").exists()


@needs_links
def test_small_files_take_the_place_of_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "photo").write_text("original")
    (tmp_path / "out/x").mkdir(parents=True)
    (tmp_path / "out/x/1").symlink_to(tmp_path / "photo")
    (tmp_path / "out/x/2").write_text("half of it, from a run that was killed")
    write_inside(tmp_path / "out", {f"x/{i}": b"%d" % i for i in range(4)}, 0o600)
    write_inside(tmp_path / "out", {}, 0o600)
    assert [(tmp_path / f"out/x/{i}").read_text() for i in range(4)] == ["0", "1", "2", "3"]
    assert {stat.S_IMODE(p.lstat().st_mode) for p in (tmp_path / "out/x").iterdir()} == {0o600}
    assert (tmp_path / "photo").read_text() == "original"
