"""Names go into sidecars and come back from there, with nothing but the sidecars."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.config import NamesConfig, Settings
from facecluster.errors import SettingsError
from facecluster.group import OpenReader
from facecluster.group import group as group_photos
from facecluster.identity import FaceKey
from facecluster.library.people import changes
from facecluster.library.people.document import load, save
from facecluster.photos.image_hash import image_hash
from facecluster.report.records import Report
from tests.support.group_runs import Group, everything, to

FOREIGN = """<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/" darktable:raw_params="0">
   <!-- by hand -->
   <darktable:masks_history>
    <rdf:Seq/>
   </darktable:masks_history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


@pytest.fixture
def album(demo_album: Path, tmp_path: Path) -> Path:
    root = tmp_path / "Photos"
    shutil.copytree(demo_album, root)
    return root


def named(out: Path, report: Report, name: str | None) -> None:
    """Call the largest person so."""
    person = report.people[0]
    people = changes.hold(load(out), person.id, FaceKey.parse(report.faces[person.faces[0]].key))
    save(out, changes.rename(people, person.id, name) if name else people)


def writing(out: Path) -> Settings:
    return replace(to(out), names=NamesConfig(write="sidecar"))


def names_of(report: Report) -> dict[str, set[str]]:
    """The people of each photo who have a name."""
    known = {person.id: person.name for person in report.people if person.name}
    there: dict[str, set[str]] = {}
    for face in report.faces:
        if face.person in known:
            there.setdefault(face.photo, set()).add(known[face.person] or "")
    return there


def test_names_go_out_and_come_back(album: Path, open_models: OpenReader, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = everything(album)
    report = group_photos(album, writing(out), open_reader=open_models)
    assert everything(album) == before  # nobody has a name yet
    named(out, report, "Zoë <Smith>")
    theirs = next(face.photo for face in report.faces if face.person == report.people[0].id)
    foreign = album / f"{theirs}.xmp"
    foreign.write_text(FOREIGN)
    report = group_photos(album, writing(out), open_reader=open_models)
    assert report.notes == ()
    after = everything(album)
    assert {name: data for name, data in after.items() if not name.endswith(".xmp")} == before
    told = names_of(report)
    twins = {p.path for p in report.photos if p.duplicate_of in told}
    assert {name for name in after if name.endswith(".xmp")} == {
        f"{path}.xmp" for path in {*told, *twins}
    }
    start, end = FOREIGN.split("  </rdf:Description>")
    assert foreign.read_text().startswith(start)
    assert foreign.read_text().endswith(end.removeprefix("\n"))
    group_photos(album, writing(out), open_reader=open_models)
    assert everything(album) == after
    anew = replace(to(tmp_path / "anew"), names=NamesConfig(read=True))
    assert names_of(group_photos(album, anew, open_reader=open_models)) == told
    people = load(out)
    save(out, changes.rename(people, report.people[0].id, "Zora"))
    report = group_photos(album, writing(out), open_reader=open_models)
    assert all(b"Zo\xc3\xab" not in Path(path).read_bytes() for path in album.rglob("*.xmp"))
    assert all(b"Zora" in Path(path).read_bytes() for path in album.rglob("*.xmp"))


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="no exiftool")
def test_names_inside_photos_are_no_reason_to_look_for_faces_again(
    album: Path, group: Group, decoded: list[int], tmp_path: Path
) -> None:
    settings = replace(to(tmp_path / "out", link="hardlink"), names=NamesConfig(write="embed"))
    named(tmp_path / "out", group(album, settings), "Zoë <Smith>")
    before = {name: image_hash(data) for name, (data, _) in everything(album).items()}
    told = names_of(group(album, settings))
    after = everything(album)
    assert told
    assert {name: image_hash(data) for name, (data, _) in after.items()} == before
    decoded.clear()
    assert names_of(group(album, settings)) == told
    assert len(decoded) <= 1  # but for the one that is damaged
    assert everything(album) == after
    anew = replace(to(tmp_path / "anew"), names=NamesConfig(read=True))
    assert names_of(group(album, anew)) == told


def test_without_exiftool_embedding_is_refused_before_anything_is_done(
    album: Path, group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = replace(to(tmp_path / "out"), names=NamesConfig(write="embed"))
    with pytest.raises(SettingsError, match=r"`names\.write` embed: install exif"):
        group(album, settings)
    assert not (tmp_path / "out").exists()


def test_a_dry_run_writes_no_names(album: Path, group: Group, tmp_path: Path) -> None:
    out = tmp_path / "out"
    named(out, group(album, to(out)), "Zoë")
    before = everything(album)
    group(album, replace(writing(out), dry_run=True))
    assert everything(album) == before
    group(album, writing(out))
    assert everything(album) != before


def test_names_of_the_hidden_go_and_those_of_photos_that_cannot_be_read_stay(
    album: Path, group: Group, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    report = group(album, writing(out))
    named(out, report, "Zoë")
    told = names_of(group(album, writing(out)))
    broken = next(album / path for path in sorted(told) if path.startswith("together/"))
    whole, sidecar = broken.read_bytes(), broken.with_name(f"{broken.name}.xmp")
    broken.write_bytes(whole[: len(whole) // 3])
    group(album, writing(out))
    assert "Zoë" in sidecar.read_text()
    broken.write_bytes(whole)
    save(out, changes.hide(load(out), report.people[0].id, True))
    group(album, writing(out))
    assert list(album.rglob("*.xmp")) == []
