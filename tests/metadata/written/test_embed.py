"""Names go into photos by exiftool: the picture and all else stay, and the original is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from facecluster.metadata.read import read_told
from facecluster.metadata.written.embed import ORIGINALS
from facecluster.metadata.written.records import NamedBox
from facecluster.metadata.written.run import PhotoNames, write_names
from facecluster.photos.image_hash import image_hash

pytestmark = pytest.mark.skipif(shutil.which("exiftool") is None, reason="no exiftool")
SIZE = (80, 60)
ZOE = NamedBox("Zoë <&>", (0.25, 0.5, 0.125, 0.25))  # where no photo has a face


def picture(form: str = "JPEG", orientation: int = 1) -> bytes:
    """Dark, with a bright patch where ZOE is in the stored picture."""
    image = Image.new("L", SIZE, 20)
    image.paste(240, (20, 30, 30, 45))
    exif, file = Image.Exif(), BytesIO()
    exif[0x112], exif[0x10E] = orientation, "as it was"
    image.save(file, form, exif=exif)
    return file.getvalue()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    root, out = tmp_path / "-photos %d", tmp_path / "out"
    root.mkdir()
    (out / ".facecluster").mkdir(parents=True)
    return root, out


def names(path: str, *faces: NamedBox, orientation: int = 1) -> PhotoNames:
    return PhotoNames(path, "0" * 32, SIZE, orientation, faces)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_area_that_exiftool_reads_is_bright(
    folders: tuple[Path, Path], orientation: int
) -> None:
    root, out = folders
    data = picture(orientation=orientation)
    (root / "a b%f.jpg").write_bytes(data)
    assert write_names(root, out, [names("a b%f.jpg", ZOE, orientation=orientation)], "embed") == []
    photo = root / "a b%f.jpg"
    said = subprocess.run(
        ["exiftool", "-struct", "-j", "-n", photo], capture_output=True, check=True
    )
    tags = json.loads(said.stdout)[0]
    area = tags["RegionInfo"]["RegionList"][0]["Area"]
    assert (tags["Orientation"], tags["ImageDescription"]) == (orientation, "as it was")
    with Image.open(photo) as image:
        left, top = (area["X"] - area["W"] / 2) * 80, (area["Y"] - area["H"] / 2) * 60
        middle = image.crop(
            (left + 2, top + 2, left + area["W"] * 80 - 2, top + area["H"] * 60 - 2)
        )
        assert middle.getextrema()[0] > 200  # type: ignore[operator]
    assert image_hash(photo.read_bytes()) == image_hash(data)
    assert (out / ORIGINALS / "a b%f.jpg").read_bytes() == data
    assert read_told(root, "a b%f.jpg", SIZE, orientation).regions[0].name == ZOE.name


def test_names_come_go_and_leave_the_photo_as_it_was(folders: tuple[Path, Path]) -> None:
    root, out = folders
    photo = root / "sub" / "a.jpg"
    photo.parent.mkdir()
    photo.write_bytes(picture())
    kept = photo.stat().st_mtime_ns
    assert write_names(root, out, [names("sub/a.jpg", ZOE)], "embed") == []
    once = photo.read_bytes()
    assert write_names(root, out, [names("sub/a.jpg", ZOE)], "embed") == []
    assert photo.read_bytes() == once
    assert abs(photo.stat().st_mtime_ns - kept) < 1e9  # exiftool keeps whole seconds
    assert write_names(root, out, [names("sub/a.jpg")], "embed") == []
    assert image_hash(photo.read_bytes()) == image_hash(picture())
    assert read_told(root, "sub/a.jpg", SIZE, 1).regions == ()
    assert (out / ORIGINALS / "sub" / "a.jpg").read_bytes() == picture()
    assert [file.name for file in photo.parent.iterdir()] == ["a.jpg"]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "link", "cut", "no photo"])
def test_what_cannot_hold_names_is_named_and_left_alone(
    folders: tuple[Path, Path], kind: str
) -> None:
    root, out = folders
    photo, data = root / "a.jpg", picture()
    if kind in ("PNG", "TIFF", "WEBP"):
        photo.write_bytes(data := picture(kind))
    elif kind == "link":
        (root / "else").write_bytes(data)
        photo.symlink_to(root / "else")
    elif kind == "cut":
        photo.write_bytes(data := data[:100])
    elif kind == "no photo":
        photo.write_bytes(data := b"\xff\xd8\xff")
    [note] = write_names(root, out, [names("a.jpg", ZOE)], "embed")
    assert "a.jpg" in note
    assert photo.read_bytes() == data
    assert photo.is_symlink() == (kind == "link")


def test_what_others_wrote_into_a_photo_stays(
    shared_data: Path, folders: tuple[Path, Path]
) -> None:
    (root, out), size = folders, (840, 700)
    shutil.copyfile(shared_data / "metadata" / "digikam-portrait.jpg", root / "a.jpg")
    before = read_told(root, "a.jpg", size, 1)
    assert write_names(root, out, [replace(names("a.jpg", ZOE), size=size)], "embed") == []
    after = read_told(root, "a.jpg", size, 1)
    assert {r.name: r.box for r in after.regions if r.name != ZOE.name} == {
        r.name: r.box for r in before.regions
    }
    assert ZOE.name in {r.name for r in after.regions}


def test_sidecars_that_we_wrote_stay_true_when_names_go_inside(folders: tuple[Path, Path]) -> None:
    root, out = folders
    (root / "a.jpg").write_bytes(picture())
    assert write_names(root, out, [names("a.jpg", ZOE)], "sidecar") == []
    assert write_names(root, out, [names("a.jpg", NamedBox("Eve", ZOE.box))], "embed") == []
    assert [region.name for region in read_told(root, "a.jpg", SIZE, 1).regions] == ["Eve"]
    assert "Zoë".encode() not in (root / "a.jpg.xmp").read_bytes() + (root / "a.jpg").read_bytes()
