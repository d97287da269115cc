"""Photos into which exiftool and Pillow put the packet, as a second opinion on where it belongs."""

from __future__ import annotations

import io
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image, features

from facecluster.metadata.packets.embedded import embedded_packets
from facecluster.metadata.read import read_told
from tests.support.xmp_samples import jpeg_xl, mwg, packet

NAMES = [(f"Person {n}", (0.5, 0.5, 0.1, 0.1)) for n in range(40)]
FORMS = ["JPEG", "PNG", "TIFF", "WebP", "HEIF", "AVIF"]


def saved(form: str, size: tuple[int, int] = (64, 64), xmp: bytes | None = None) -> bytes:
    """A photo with a packet, noisy so that large ones are larger than what is read at first."""
    picture = Image.effect_noise(size, 90).convert("RGB")
    file = io.BytesIO()
    options = {} if xmp is None else {"xmp": xmp}
    if form == "HEIF":
        import pillow_heif

        picture.info |= options
        pillow_heif.from_pillow(picture).save(file)
    else:
        picture.save(file, form, **options)
    return file.getvalue()


def can(form: str) -> bool:
    if form == "HEIF":
        return find_spec("pillow_heif") is not None
    return form != "AVIF" or features.check("avif")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not there")
@pytest.mark.parametrize("size", [(64, 64), (400, 300)])
@pytest.mark.parametrize("form", FORMS)
def test_what_exiftool_writes_is_found(form: str, size: tuple[int, int], tmp_path: Path) -> None:
    if not can(form):
        pytest.skip("Pillow cannot write it")
    path, xmp = tmp_path / f"a.{form.lower()}", tmp_path / "b.xmp"
    path.write_bytes(saved(form, size))
    xmp.write_bytes(packet(mwg(NAMES, (64, 64))))
    command = ["exiftool", "-q", "-m", "-overwrite_original", "-tagsfromfile", str(xmp), "-xmp"]
    subprocess.run([*command, "-comment=" + "x" * 20_000, str(path)], check=True)
    told = read_told(tmp_path, path.name, size, 1)
    assert told.problems == ()
    found = [region.name for region in told.regions] or list(told.names)  # stale in the large one
    assert found == [name for name, _ in NAMES]


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("PNG", "TIFF")])
def test_what_pillow_writes_is_found(form: str, tmp_path: Path) -> None:
    if not can(form):
        pytest.skip("Pillow cannot write it")
    xmp = packet(mwg(NAMES))
    (tmp_path / "a").write_bytes(saved(form, xmp=xmp))
    assert embedded_packets(tmp_path / "a") == [xmp]


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not there")
def test_exiftool_reads_the_boxes_that_our_tests_make(tmp_path: Path) -> None:
    (tmp_path / "a.jxl").write_bytes(jpeg_xl(packet(mwg(NAMES[:1]))))
    command = ["exiftool", "-s3", "-XMP:RegionName", str(tmp_path / "a.jxl")]
    assert (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout == "Person 0\n"
    )
