"""An output folder belongs to one photo folder; whoever stays behind goes with its person."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from facecluster.errors import OutputError
from facecluster.output.folders.manifest import MANIFEST
from tests.support.made_albums import listed, make_photo, paths


def other(album, name="Others"):
    root = album.root.with_name(name)
    root.mkdir()
    photos = [make_photo(root, p.path, f"of {name}: {p.path}") for p in album.photos]
    return replace(album, root=root, photos=photos)


def test_results_of_another_folder_are_refused_until_they_may_be_taken(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    before = album.files()
    for link in ("copy", "none"):
        with pytest.raises(OutputError, match=r"another photo folder.*output\.take_over"):
            other(album, link).write(link=link)
    assert album.files() == before
    new = other(album)
    new.write(take_over=True)
    assert paths(album) == [
        *(f"{folder}/person-001/{n}.jpg" for folder in ("kept", "people") for n in "ab")
    ]
    new.write()  # it is theirs now
    with pytest.raises(OutputError, match="another photo folder"):
        album.write()


def test_a_renamed_photo_folder_is_known_again(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    before = album.files()
    album.root.rename(album.root.with_name("Renamed"))
    renamed = replace(album, root=album.root.with_name("Renamed"))
    renamed.write()
    assert album.files() == before
    assert not (album.out / "kept").exists()
    album.root.symlink_to(renamed.root)
    album.write()  # by the link too


def test_a_new_folder_with_the_number_of_an_old_one_is_another(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    new = other(album)
    for photo in new.photos:
        (new.root / photo.path).rename(new.root / f"new-{photo.path}")
    photos = [replace(photo, path=f"new-{photo.path}") for photo in new.photos]
    path, about = album.out / MANIFEST, new.root.stat()
    manifest = json.loads(path.read_text())
    manifest["album"] |= {"path": "/gone", "device": about.st_dev, "inode": about.st_ino}
    path.write_text(json.dumps(manifest))
    with pytest.raises(OutputError, match="another photo folder, /gone"):
        replace(new, photos=photos).write()


def old(album):
    """Make the manifest one of an earlier version."""
    path = album.out / MANIFEST
    manifest = json.loads(path.read_text())
    kept = {name: manifest[name] for name in ("format", "files", "pending")}
    path.write_text(json.dumps(kept | {"version": 1}))


def test_results_of_an_earlier_version_are_taken_and_followed(make_album):
    album = make_album(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [0, 0, 1, 1])
    album.write()
    (album.out / "people/person-001/mine.jpg").write_text("mine")
    (album.out / "people/person-002/yours.jpg").write_text("of the second")
    old(album)
    album.regroup([1, 1, 0, 0]).write()
    assert album.files()["people/person-002/mine.jpg"] == b"mine"
    assert album.files()["people/person-001/yours.jpg"] == b"of the second"
    with pytest.raises(OutputError, match="another photo folder"):
        other(album).write()


def test_an_edited_copy_goes_with_its_person_and_is_not_doubled(make_album):
    album = make_album(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [0, 0, 1, 1])
    album.write()
    (album.out / "people/person-001/a.jpg").write_text("turned")
    report = album.regroup([1, 1, 0, 0]).write()
    assert album.files()["people/person-002/a.jpg"] == b"turned"
    assert len(paths(album)) == 4
    assert any("moved to people/person-002" in note for note in report.notes)
    album.write()
    assert album.files()["people/person-001/a.jpg"] == b"turned"
    assert len(paths(album)) == 4


def test_people_who_are_always_together_are_told_apart(album):
    """a shows persons 0 and 1: the faces say who has which folder, not the photos."""
    album = replace(album, faces=_first(album.faces, 2))
    album = album.regroup([0, 1])
    album.write()
    (album.out / "people/person-001/mine.jpg").write_text("of the first")
    album.regroup([1, 0]).write()
    assert album.files()["people/person-002/mine.jpg"] == b"of the first"


def test_copies_wait_for_a_folder_that_cannot_be_listed(make_album):
    album = make_album(["a.jpg", "b.jpg", "x/c.jpg", "x/d.jpg"], [0, 0, 1, 1])
    album.write()
    before = album.files()
    hidden = replace(album.photos[0], path="x/", digest="", problem="no permission")
    rest = replace(album, photos=[*album.photos[:2], hidden], faces=_first(album.faces, 2))
    report = rest.regroup([0, 0]).write()
    assert album.files() == before
    assert any("could not be read" in note for note in report.notes)
    album.write()
    assert album.files() == before
    assert set(listed(album)) == set(before)


@pytest.mark.parametrize("stop", [1, 2, 3, 4])
def test_a_run_killed_while_moving_goes_on(make_album, monkeypatch, stop):
    album = make_album(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [0, 0, 1, 1])
    album.write()
    for person in (1, 2):
        for name in ("a.jpg", "mine.jpg"):
            (album.out / f"people/person-00{person}/{name}").write_text(f"{person} {name}")
    after, plain, made = album.regroup([1, 1, 0, 0]), os.rename, []

    def dying(*args, **kwargs):
        plain(*args, **kwargs)
        made.append(args)
        if len(made) == stop:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            after.write()
    after.write()
    files = album.files()
    for path, data in files.items():
        if data[:2] in (b"1 ", b"2 "):
            assert path.startswith("people/person-002" if data[:1] == b"1" else "people/person-001")
    assert sum(data[:2] in (b"1 ", b"2 ") for data in files.values()) == 4


def _first(faces, count):
    names = ("photo", "ordinal", "boxes", "landmarks", "scores", "clarity", "consistency")
    return type(faces)(**{name: getattr(faces, name)[:count] for name in (*names, "embeddings")})
