"""Names are written into sidecars of our own, where other programs and we find them."""

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.metadata.read import read_told
from facecluster.metadata.written.packet import new_packet
from facecluster.metadata.written.records import NamedBox, Outcome
from facecluster.metadata.written.sidecar import write_sidecar

SIZE = (840, 700)
MARIE = NamedBox("Marie <&> Curie", (0.3, 0.2, 0.1, 0.2))
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
