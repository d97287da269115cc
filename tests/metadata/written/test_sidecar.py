"""Names are written into sidecars of our own, where other programs and we find them."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.metadata.limits import LIMITS
from facecluster.metadata.read import read_told
from facecluster.metadata.written.packet import new_packet
from facecluster.metadata.written.records import NamedBox, Outcome
from facecluster.metadata.written.sidecar import write_sidecar

SIZE = (840, 700)
MARIE = NamedBox("Marie <&> Curie", (0.3, 0.2, 0.1, 0.2))
FAR = NamedBox("Far <&> Away", (0.02, 0.87, 0.05, 0.1))  # where no real packet has a face
PIERRE = NamedBox("Zoë", (0.6, 0.1, 0.1, 0.25))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_our_reader_finds_the_areas_in_the_stored_picture(tmp_path: Path, orientation: int) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"photo")
    assert write_sidecar(photo, [MARIE, PIERRE], SIZE, orientation, []) == Outcome(True)
    told = read_told(tmp_path, "a.jpg", SIZE, orientation)
    found = {region.name: region.box for region in told.regions}
    assert found == {f.name: pytest.approx(f.box, abs=2e-6) for f in (MARIE, PIERRE)}
    assert photo.read_bytes() == b"photo"


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_finds_names_and_areas(tmp_path: Path) -> None:
    write_sidecar(tmp_path / "a.jpg", [MARIE], SIZE, 6, [])
    command = ["exiftool", "-struct", "-j", str(tmp_path / "a.jpg.xmp")]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    region = said["RegionInfo"]["RegionList"][0]
    area = [region["Area"][key] for key in "XYWH"]
    assert area == pytest.approx([0.35, 0.3, 0.1, 0.2])
    assert said["RegionInfo"]["AppliedToDimensions"] == {"W": 840, "H": 700, "Unit": "pixel"}
    assert said["RegionInfoMP"]["Regions"][0]["PersonDisplayName"] == MARIE.name
    assert said["TagsList"] == [f"People/{MARIE.name}"]
    assert said["HierarchicalSubject"] == [f"People|{MARIE.name}"]
    assert said["PersonInImage"] == said["Subject"] == [MARIE.name]


def test_a_second_write_changes_nothing_and_a_correction_replaces_ours(tmp_path: Path) -> None:
    photo, sidecar = tmp_path / "a.jpg", tmp_path / "a.jpg.xmp"
    write_sidecar(photo, [MARIE], SIZE, 1, [])
    before = sidecar.read_bytes(), sidecar.stat().st_mtime_ns, sidecar.stat().st_ino
    assert write_sidecar(photo, [MARIE], SIZE, 1, [MARIE]) == Outcome(False)
    assert (sidecar.read_bytes(), sidecar.stat().st_mtime_ns, sidecar.stat().st_ino) == before
    assert write_sidecar(photo, [PIERRE], SIZE, 1, [MARIE]) == Outcome(True)
    assert sidecar.read_bytes() == new_packet([PIERRE], SIZE)
    assert write_sidecar(photo, [], SIZE, 1, [PIERRE]) == Outcome(True)
    assert list(tmp_path.iterdir()) == []  # no photo was there to begin with


@pytest.mark.parametrize("name", ["a.jpg.xmp", "a.jpg.XMP", "a.xmp", "a.XMP"])
@pytest.mark.parametrize("data", [b"", b"<x", b"<!DOCTYPE x>", b"<a/>", b"\0" * 99])
def test_what_is_no_xmp_is_left_alone(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    outcome = write_sidecar(tmp_path / "a.jpg", [PIERRE], SIZE, 1, [])
    assert not outcome.changed
    assert name.lower() in (outcome.problem or "").lower()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(name, data)]


def test_a_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "else").write_bytes(new_packet([MARIE], SIZE) or b"")
    (tmp_path / "a.jpg.xmp").symlink_to(tmp_path / "else")
    assert write_sidecar(tmp_path / "a.jpg", [PIERRE], SIZE, 1, [MARIE]).problem
    assert (tmp_path / "else").read_bytes() == new_packet([MARIE], SIZE)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1).filter(lambda name: bool(name.strip())))
def test_any_name_gives_a_packet_that_can_be_read(name: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "a.jpg").write_bytes(b"photo")
        outcome = write_sidecar(Path(folder, "a.jpg"), [NamedBox(name, MARIE.box)], SIZE, 1, [])
        assert outcome.problem is None
        told = read_told(Path(folder), "a.jpg", SIZE, 1)
        assert told.problems == ()
        assert bool(told.regions) <= outcome.changed


EMPTY = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"<!-- theirs --></rdf:RDF></x:xmpmeta>\n"
)


@pytest.mark.parametrize(
    ("there", "goes_to"),
    [
        ({"a.jpg.xmp"}, "a.jpg.xmp"),
        ({"a.jpg.XMP"}, "a.jpg.XMP"),
        ({"a.xmp"}, "a.xmp"),
        ({"a.xmp", "a.json", "b.jpg"}, "a.xmp"),
        ({"a.xmp", "a.jpg.xmp"}, "a.jpg.xmp"),
        ({"a.xmp", "a.CR2"}, "a.jpg.xmp"),  # it may speak of the RAW
        ({"a.xmp", "a.mov"}, "a.jpg.xmp"),
        (set(), "a.jpg.xmp"),
    ],
)
def test_names_go_where_programs_look_for_them(
    tmp_path: Path, there: set[str], goes_to: str
) -> None:
    for name in {*there, "a.jpg"}:
        (tmp_path / name).write_bytes(EMPTY)
    assert write_sidecar(tmp_path / "a.jpg", [MARIE], SIZE, 1, []) == Outcome(True)
    changed = {f.name for f in tmp_path.iterdir() if f.read_bytes() != EMPTY}
    assert changed == {goes_to}
    assert [region.name for region in read_told(tmp_path, "a.jpg", SIZE, 1).regions] == [MARIE.name]
    if goes_to in there:
        assert b"<!-- theirs -->" in (tmp_path / goes_to).read_bytes()
        assert write_sidecar(tmp_path / "a.jpg", [], SIZE, 1, [MARIE]) == Outcome(True)
        assert (tmp_path / goes_to).read_bytes() == EMPTY


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.parametrize("kind", ["pipe", "folder", "large", "dangling"])
def test_what_is_no_file_to_be_read_is_left_alone(tmp_path: Path, kind: str) -> None:
    sidecar = tmp_path / "a.jpg.xmp"
    if kind == "pipe":
        os.mkfifo(sidecar)
    elif kind == "folder":
        sidecar.mkdir()
    elif kind == "large":
        with sidecar.open("wb") as file:
            file.truncate(LIMITS.text + 1)
    else:
        sidecar.symlink_to("nowhere")
    before = sidecar.lstat()
    outcome = write_sidecar(tmp_path / "a.jpg", [MARIE], SIZE, 1, [])
    assert not outcome.changed
    assert (outcome.problem or "").startswith(f"{sidecar}: ")
    assert sidecar.lstat() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.jpg.xmp"]


@pytest.mark.skipif(os.name == "nt", reason="no such rights there")
def test_a_sidecar_keeps_its_rights(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.jpg.xmp"
    sidecar.write_bytes(EMPTY)
    sidecar.chmod(0o640)
    write_sidecar(tmp_path / "a.jpg", [MARIE], SIZE, 1, [])
    assert sidecar.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_what_was_merged_without_a_warning(
    tmp_path: Path, shared_data: Path
) -> None:
    real = [f for f in (shared_data / "metadata").glob("*.xmp") if "entities" not in f.name]
    for file in real:
        for size in (SIZE, (1224, 816), (3264, 2448), (1920, 1080)):
            shutil.copyfile(file, tmp_path / f"{file.stem}.jpg.xmp")
            if write_sidecar(tmp_path / f"{file.stem}.jpg", [FAR], size, 1, []).changed:
                break
    command = ["exiftool", "-struct", "-j", "-warning", "-RegionInfo", "-RegionInfoMP", "-Subject"]
    said = json.loads(subprocess.run([*command, tmp_path], capture_output=True, check=False).stdout)
    asked = [*command, shared_data / "metadata"]
    before = {
        Path(each["SourceFile"]).stem: each.get("Warning")
        for each in json.loads(subprocess.run(asked, capture_output=True, check=False).stdout)
    }
    assert len(said) == len(real)
    for each in said:
        known = before[Path(each["SourceFile"]).name.removesuffix(".jpg.xmp")]
        assert each.get("Warning") == known, each["SourceFile"]
        marked = each["RegionInfo"]["RegionList"], each["RegionInfoMP"]["Regions"]
        assert [r["Name"] for r in marked[0] if r.get("Name") == FAR.name] == [FAR.name]
        assert FAR.name in [r.get("PersonDisplayName") for r in marked[1]]
        assert FAR.name in each["Subject"]
