"""Lists and names beside the results are not trusted: nothing leads out of the output folder."""

from __future__ import annotations

import json
import os

import pytest

from facecluster.errors import OutputError
from facecluster.output.folders.manifest import MANIFEST
from facecluster.output.thumbnails import keep_thumbnails, photos_without
from tests.support.made_albums import make_faces, make_photo, needs_links

BAD_PATHS = (
    "/etc/hosts",
    "a.jpg",
    "../Photos/a.jpg",
    "people/../../Photos/a.jpg",
    "people/person-001/../../../Photos/a.jpg",
    "people/a.jpg",
    "people//a.jpg",
    "people/./a.jpg",
    "people/person-001/deeper/a.jpg",
    "unsure/x/a.jpg",
    "unsure/..",
    "kept/a.jpg",
    ".facecluster/index.db",
    "report.html",
    "people/person-001/a\0.jpg",
    "",
)


def spoiled(album, name, value, lists=("files", "pending")):
    path = album.out / MANIFEST
    manifest = json.loads(path.read_text())
    for entries in lists:
        manifest[entries] = [dict(entry) for entry in manifest["files"]]
        manifest[entries][0][name] = value
    path.write_text(json.dumps(manifest))


def refused(album, words="cannot be read"):
    """Every file of photos and results is the same after a run that one sentence ends."""

    def state():
        places = (album.root, album.out)
        return {p: p.read_bytes() for place in places for p in place.rglob("*") if p.is_file()}

    before = state()
    for labels in ([0, 0], [-1, -1]):
        with pytest.raises(OutputError, match=words) as raised:
            album.regroup(labels).write()
        assert "\n" not in str(raised.value)
    assert state() == before


def written(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    album.write()
    return album


@pytest.mark.parametrize("lists", [("files",), ("pending",)])
@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_path_that_leads_out_is_refused(make_album, path, lists):
    album = written(make_album)
    spoiled(album, "path", path, lists)
    refused(album)


def test_the_path_of_an_original_is_refused(make_album):
    album = written(make_album)
    spoiled(album, "path", str(album.root / "a.jpg"))
    refused(album)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source", "../a.jpg"),
        ("source", "/a.jpg"),
        ("source", "x/../../a.jpg"),
        ("source", ""),
        ("source", 3),
        ("digest", "../../photos/party"),
        ("digest", "0" * 31),
        ("digest", "0" * 33),
        ("digest", "G" * 32),
        ("digest", None),
        ("link", "none of these"),
        ("how", ["copy"]),
        ("size", "12"),
        ("size", True),
        ("mtime_ns", 1e30),
        ("size", 1 << 80),
        ("text", 5),
        ("odd", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused(make_album, name, value):
    album = written(make_album)
    spoiled(album, name, value)
    refused(album)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("moves", [["people/person-001/a.jpg", "../a.jpg"]]),
        ("moves", [["/etc/hosts", "people/person-001/a.jpg"]]),
        ("moves", [["people/person-001/a.jpg"]]),
        ("moves", {"a": "b"}),
        ("moves", 7),
        ("people", {"people/../x": []}),
        ("people", {"../x": []}),
        ("people", {"people/person-001": ["../x"]}),
        ("people", []),
        ("album", {"path": 3, "device": 1, "inode": 1}),
        ("album", "Photos"),
        ("files", {"path": "people/person-001/a.jpg"}),
        ("files", [[]]),
        ("version", "1"),
        ("version", None),
    ],
)
def test_other_parts_are_looked_at_too(make_album, name, value):
    album = written(make_album)
    path = album.out / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    refused(album)


@needs_links
@pytest.mark.parametrize(
    "name",
    [
        "people",
        "unsure",
        "kept",
        ".facecluster",
        ".facecluster/tmp",
        ".facecluster/thumbnails",
        ".facecluster/thumbnails/ab",
        "people/person-001",
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_a_link_in_place_of_a_folder_of_ours_is_refused(make_album, tmp_path, name, fresh):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    if not fresh:
        album.write()
    place = album.out / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(tmp_path / "away")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.jpg").write_text("not ours")
    place.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(OutputError, match="is a link to another place"):
        album.write()
    assert [p.read_text() for p in elsewhere.iterdir()] == ["not ours"]


@needs_links
@pytest.mark.parametrize("name", ["manifest.json", "index.db", "index.db-wal"])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_place_of_a_file_of_ours_is_refused(make_album, tmp_path, name, there):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    target = tmp_path / "target"
    if there:
        target.write_text("not ours")
    (album.out / ".facecluster").mkdir(parents=True)
    (album.out / ".facecluster" / name).symlink_to(target)
    with pytest.raises(OutputError, match=f"{name} is a link to another place"):
        album.write()
    assert target.exists() == there


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_in_place_of_the_manifest_is_not_waited_for(make_album):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    (album.out / ".facecluster").mkdir(parents=True)
    os.mkfifo(album.out / MANIFEST)
    with pytest.raises(OutputError, match="is not a file"):
        album.write()


@pytest.mark.parametrize(
    "digest", ["../../photos/party", "/etc/x", "ab" * 15, "AB" * 16, "a/" * 16]
)
def test_a_digest_that_is_none_names_no_thumbnail(tmp_path, digest):
    with pytest.raises(OutputError, match=r"index\.db is damaged"):
        keep_thumbnails(tmp_path / "out", digest, [b"x"])
    photo = make_photo(tmp_path, "a.jpg")
    photo = type(photo)(photo.path, digest, photo.size)
    with pytest.raises(OutputError, match=r"index\.db is damaged"):
        photos_without(tmp_path / "out", [photo], make_faces([0]))
    assert not (tmp_path / "out").exists()
