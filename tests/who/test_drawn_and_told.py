"""Faces that somebody drew, and names that other programs wrote, in whole runs."""

from __future__ import annotations

from pathlib import Path

from facecluster.config import NamesConfig, OutputConfig, Settings
from facecluster.identity import FaceKey
from facecluster.library.people import changes
from facecluster.library.people.document import load, save
from facecluster.library.people.records import People
from facecluster.metadata.written.packet import new_packet
from facecluster.metadata.written.records import NamedBox


def settings(out: Path, **names: object) -> Settings:
    return Settings(output=OutputConfig(out), names=NamesConfig(**names))


def test_a_drawn_face_is_its_persons_in_every_run(party: Path, tmp_path: Path, group) -> None:
    out = tmp_path / "out"
    first = group(party, settings(out))
    sea = next(photo for photo in first.photos if photo.path == "sea.jpg")
    assert sea.faces == ()
    image = FaceKey.parse(first.faces[0].key).image
    whose = next(p for p in first.people if first.faces[0].id in p.faces)
    covers = [FaceKey.parse(first.faces[whose.faces[0]].key)]
    # A place in a photo where nobody is found, beside the face that is.
    drawn = FaceKey.of(image, (0.02, 0.02, 0.12, 0.12))
    people = changes.hold(People(last=9), whose.id, covers[0])
    people = changes.add(changes.rename(people, whose.id, "Ann"), whose.id, drawn)
    save(out, people)
    for _ in range(2):
        report = group(party, settings(out))
        assert report.summary.faces == first.summary.faces + 1
        ann = next(person for person in report.people if person.name == "Ann")
        mine = [face for face in report.faces if face.key == str(drawn)]
        assert [face.person for face in mine] == [ann.id]
        assert mine[0].thumbnail is not None


def test_names_beside_the_photos_name_the_people(party: Path, tmp_path: Path, group) -> None:
    out = tmp_path / "out"
    first = group(party, settings(out))
    face = next(f for f in first.faces if f.photo == "grace.jpg")
    photo = next(p for p in first.photos if p.path == "grace.jpg")
    box = NamedBox("Grace Hopper", FaceKey.parse(face.key).box)
    packet = new_packet([box], (photo.width, photo.height))
    assert packet is not None
    (party / "grace.jpg.xmp").write_bytes(packet)
    report = group(party, settings(out, read=True))
    named = next(person for person in report.people if person.name == "Grace Hopper")
    assert named.id == face.person  # the number that she had
    assert (out / "people" / "Grace Hopper").is_dir()
    assert load(out).people[named.id].name == "Grace Hopper"
    # What was said by hand comes first.
    save(out, changes.rename(load(out), named.id, "Admiral"))
    again = group(party, settings(out, read=True))
    assert {person.name for person in again.people} >= {"Admiral"}
