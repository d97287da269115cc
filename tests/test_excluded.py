"""No face of a photo that `--exclude` names stays anywhere in the output folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from facecluster.config import ScanConfig
from facecluster.library.index import FILE
from facecluster.photos.image_hash import image_hash
from facecluster.photos.read import digest
from tests.support.group_runs import Group, to


def traces(out: Path, *wanted: str) -> list[str]:
    """Where a photo is spoken of, by one of these hashes: names of files, and what they hold."""
    found = [path for path in sorted(out.rglob("*")) if path.is_file()]
    return [
        path.relative_to(out).as_posix()
        for path in found
        if any(
            name in path.name
            or name.encode() in path.read_bytes()
            or bytes.fromhex(name) in path.read_bytes()
            for name in wanted
        )
    ]


def content_of(out: Path, path: str) -> str:
    """What the index calls what was seen in a photo."""
    with closing(sqlite3.connect(out / FILE)) as database:
        asked = "SELECT digest FROM photo WHERE path = ?"
        [(digest,)] = database.execute(asked, (path,)).fetchall()
        return str(digest)


def embeddings(out: Path, wanted: str) -> list[bytes]:
    with closing(sqlite3.connect(out / FILE)) as database:
        rows = database.execute("SELECT embedding FROM face WHERE digest = ?", (wanted,))
        return [row[0] for row in rows]


@pytest.mark.parametrize("gone", [False, True], ids=["there", "deleted"])
@pytest.mark.parametrize("globs", [("grace*",), ("*at night*", "grace.jpg"), ("**/*.jpg",)])
def test_of_excluded_photos_no_face_stays(
    party: Path, tmp_path: Path, group: Group, globs: tuple[str, ...], gone: bool
) -> None:
    out = tmp_path / "out"
    group(party, to(out, link="copy"))
    data = (party / "grace at night.jpg").read_bytes()
    night = content_of(out, "grace at night.jpg")
    faces = embeddings(out, night)
    assert faces
    assert any("thumbnails" in trace for trace in traces(out, night))
    if gone:
        (party / "grace at night.jpg").unlink()
    group(party, to(out, link="copy", scan=ScanConfig(exclude=globs, empty_ok=True)))
    spoken_of = traces(out, night, digest(data), image_hash(data))
    kept = [trace for trace in spoken_of if not trace.startswith("kept/")]
    # The last copy of a photo that is gone is not ours to delete; the list says whose it is.
    assert kept == ([".facecluster/manifest.json"] if gone else [])
    assert not any(face in (out / FILE).read_bytes() for face in faces)


def test_bytes_that_another_photo_holds_stay(party: Path, tmp_path: Path, group: Group) -> None:
    (party / "copy of grace.jpg").write_bytes((party / "grace.jpg").read_bytes())
    out = tmp_path / "out"
    group(party, to(out))
    wanted = content_of(out, "grace.jpg")
    before = embeddings(out, wanted)
    group(party, to(out, scan=ScanConfig(exclude=("copy of*",))))
    assert embeddings(out, wanted) == before
    assert any("thumbnails" in trace for trace in traces(out, wanted))


def test_an_excluded_photo_that_comes_back_is_read_again(
    party: Path, tmp_path: Path, group: Group, decoded: list[int]
) -> None:
    first = group(party, to(tmp_path / "out"))
    group(party, to(tmp_path / "out", scan=ScanConfig(exclude=("grace.jpg",))))
    decoded.clear()
    again = group(party, to(tmp_path / "out"))
    assert decoded == [(party / "grace.jpg").stat().st_size]
    assert [face.box for face in again.faces] == [face.box for face in first.faces]
    assert all(face.thumbnail for face in again.faces)
    assert np.allclose([f.quality for f in again.faces], [f.quality for f in first.faces])


def test_photos_that_are_not_asked_for_just_now_are_kept_for_later(
    party: Path, tmp_path: Path, group: Group, decoded: list[int]
) -> None:
    group(party, to(tmp_path / "out"))
    decoded.clear()
    group(party, to(tmp_path / "out", scan=ScanConfig(include=("eileen*",))))
    group(party, to(tmp_path / "out"))
    assert decoded == []


def test_a_dry_run_forgets_nothing(
    party: Path, tmp_path: Path, group: Group, decoded: list[int]
) -> None:
    out = tmp_path / "out"
    group(party, to(out))
    before = sorted(out.rglob("*.jpg")), (out / FILE).read_bytes()
    group(party, to(out, scan=ScanConfig(exclude=("grace*",)), dry_run=True))
    assert (sorted(out.rglob("*.jpg")), (out / FILE).read_bytes()) == before
