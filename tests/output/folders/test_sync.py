"""The folders follow the report from run to run, and files of others are never touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facecluster.errors import OutputError
from facecluster.output.folders.manifest import MANIFEST
from tests.support.made_albums import listed, make_photo, needs_links, paths


def inodes(album):
    return {path: (album.out / path).stat().st_ino for path in paths(album)}


def test_layout(album):
    album.write()
    assert paths(album) == [
        "people/person-001/a.jpg",
        "people/person-001/b.jpg",
        "people/person-001/c.jpg",
        "people/person-002/a.jpg",
        "people/person-002/d.jpg",
        "unsure/e.jpg",
        "unsure/f.jpg",
    ]
    copy = album.out / "people/person-001/b.jpg"
    original = album.root / "sub/b.jpg"
    assert copy.read_bytes() == original.read_bytes()
    assert abs(copy.stat().st_mtime_ns - original.stat().st_mtime_ns) < 2_000_000_000
    assert set(listed(album)) == set(paths(album))


def test_originals_stay_as_they_are(album):
    def state():
        return {
            p: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_mode)
            for p in sorted(album.root.rglob("*"))
            if p.is_file()
        }

    before = state()
    for link in ("copy", "hardlink", "symlink", "none"):
        album.write(link=link)
        assert state() == before


def test_without_unsure(album):
    album.write()
    album.write(unsure=False)
    assert not (album.out / "unsure").exists()
    assert len(paths(album)) == 5


def test_a_second_run_rewrites_nothing(album):
    album.write()
    files, manifest = inodes(album), (album.out / MANIFEST).stat().st_ino
    album.write()
    assert inodes(album) == files
    assert (album.out / MANIFEST).stat().st_ino == manifest


def test_only_what_changed_is_written_and_removed(make_album):
    album = make_album(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [0, 0, 1, 1])
    album.write()
    before = inodes(album)
    album.regroup([0, 0, 0, -1]).write()
    assert paths(album) == [f"people/person-001/{n}.jpg" for n in "abc"] + ["unsure/d.jpg"]
    assert not (album.out / "people/person-002").exists()
    for name in ("a", "b"):
        path = f"people/person-001/{name}.jpg"
        assert inodes(album)[path] == before[path]


def test_a_changed_photo_is_copied_again(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    photo = make_photo(album.root, "a.jpg", "now another picture")
    replace(album, photos=[photo, album.photos[1]]).write()
    assert album.files()["people/person-001/a.jpg"] == b"now another picture"
    assert album.files()["kept/person-001/a.jpg"] == b"photo 'a.jpg'"
    assert len(paths(album)) == 3


def test_a_users_file_in_the_way_stays(make_album):
    album = make_album(["sub/a.jpg", "b.jpg"], [0, 0])
    mine = album.out / "people/person-001/A.JPG"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    album.write()
    assert "kept/person-001/A.JPG" in paths(album)  # nobody knows who that is
    (album.out / "people/person-001/a.jpg").unlink()
    mine = (album.out / "kept/person-001/A.JPG").rename(mine)
    (album.out / "kept/person-001").rmdir()
    album.write()
    album.write()
    assert paths(album) == [
        "people/person-001/A.JPG",
        "people/person-001/a (sub).jpg",
        "people/person-001/b.jpg",
    ]
    album.regroup([-1, -1]).write()
    assert paths(album) == ["kept/person-001/A.JPG", "unsure/a.jpg", "unsure/b.jpg"]
    assert album.files()["kept/person-001/A.JPG"] == b"mine"


def test_a_file_that_the_user_changed_stays_and_is_not_doubled(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    edited = album.out / "people/person-001/a.jpg"
    edited.write_text("turned by 90 degrees")
    album.write()
    assert paths(album) == ["people/person-001/a.jpg", "people/person-001/b.jpg"]
    assert edited.read_text() == "turned by 90 degrees"
    album.regroup([-1, -1]).write()  # nobody wants it there any more, but it is the user's now
    assert paths(album) == ["kept/person-001/a.jpg", "unsure/a.jpg", "unsure/b.jpg"]
    assert "kept/person-001/a.jpg" not in listed(album)


def test_a_copy_whose_original_is_gone_is_never_removed(make_album):
    album = make_album(["a.jpg", "b.jpg", "c.jpg"], [0, 0, 0])
    album.write()
    (album.root / "a.jpg").unlink()
    rest = replace(album, photos=album.photos[1:], faces=_rows(album.faces, [0, 1]))
    report = rest.regroup([0, 0]).write()
    assert "people/person-001/a.jpg" in paths(album)
    assert any("original" in note for note in report.notes)
    rest.regroup([-1, -1]).write()
    assert paths(album) == ["kept/person-001/a.jpg", "unsure/b.jpg", "unsure/c.jpg"]
    make_photo(album.root, "a.jpg")  # it comes back, so the old copy may go
    album.regroup([-1, -1, -1]).write()
    assert paths(album) == ["unsure/a.jpg", "unsure/b.jpg", "unsure/c.jpg"]


def test_a_moved_photo_is_not_copied_again(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    before = inodes(album)
    (album.root / "new").mkdir()
    (album.root / "a.jpg").rename(album.root / "new/a.jpg")
    moved = replace(album.photos[0], path="new/a.jpg")
    replace(album, photos=[moved, album.photos[1]]).write()
    assert inodes(album) == before
    assert listed(album)["people/person-001/a.jpg"]["source"] == "new/a.jpg"


def test_names_that_differ_only_in_case_get_a_suffix(make_album):
    album = make_album(["x/IMG.jpg", "y/img.JPG", "z/Img.jpg", "z/NUL.jpg"], [0, 0, 0, 0])
    album.write()
    names = [path.rpartition("/")[2] for path in paths(album)]
    assert sorted(names) == ["IMG.jpg", "Img (z).jpg", "_NUL.jpg", "img (y).JPG"]
    before = inodes(album)
    album.write()
    assert inodes(album) == before


def test_without_the_manifest_equal_files_are_not_doubled(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    before = inodes(album)
    (album.out / MANIFEST).unlink()
    album.write()
    assert inodes(album) == before
    album.regroup([-1, -1]).write()  # whose they are is unknown now, so they are kept
    assert "kept/person-001/a.jpg" in paths(album)


def test_a_photo_that_vanished_is_a_note(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    (album.root / "b.jpg").unlink()
    report = album.write()
    assert paths(album) == ["people/person-001/a.jpg"]
    assert any("b.jpg" in note and "gone" in note for note in report.notes)


def test_dangerous_folders_are_refused(make_album, tmp_path):
    album = make_album(["a.jpg"], [0])
    inside = tmp_path / "people/person-001"
    inside.mkdir(parents=True)
    (tmp_path / "file").write_text("")
    for out, root, words in (
        (album.root, album.root, "is the photo folder itself"),
        (tmp_path / "file", album.root, "is a file"),
        (tmp_path, inside, "folder of results"),
    ):
        with pytest.raises(OutputError, match=words):
            replace(album, out=out, root=root).write()
    replace(album, out=album.root / "results").write()  # inside the photos is fine
    assert (album.root / "results/people/person-001/a.jpg").is_file()


@needs_links
def test_a_link_in_place_of_a_folder_is_not_followed(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    person = album.out / "people/person-001"
    for file in person.iterdir():
        file.unlink()
    person.rmdir()
    person.symlink_to(album.root, target_is_directory=True)
    with pytest.raises(OutputError, match="link to another place"):
        album.write()
    with pytest.raises(OutputError, match="link to another place"):
        album.regroup([-1, -1]).write()
    assert sorted(p.name for p in album.root.iterdir()) == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"version": 1, "files": [{}], "pending": []}', "cannot be read"),
        ('{"version": 4, "files": [], "pending": []}', "newer facecluster"),
    ],
)
def test_a_damaged_manifest_stops_before_anything_is_written(make_album, text, words):
    album = make_album(["a.jpg"], [0])
    path = album.out / MANIFEST
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(OutputError, match=words):
        album.write()
    assert paths(album) == []


def _rows(faces, rows):
    names = ("boxes", "landmarks", "scores", "clarity", "consistency", "embeddings")
    taken = {name: getattr(faces, name)[rows] for name in ("photo", "ordinal", *names)}
    return type(faces)(**taken)
