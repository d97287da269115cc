"""Files of real programs beside the checkout, each as its table says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.faces.detect import Detector
from facecluster.faces.find import Finder
from facecluster.identity import Box, overlap, stored_boxes
from facecluster.metadata.matching import named_faces
from facecluster.metadata.packets.embedded import embedded_packets
from facecluster.metadata.read import read_told
from facecluster.metadata.records import Region, Told
from facecluster.metadata.xmp.packet import read_packet
from facecluster.photos.read import decode, load

pytestmark = pytest.mark.realdata
_NUMBERS = r"(-?[\d.]+),? (-?[\d.]+),? (-?[\d.]+),? (-?[\d.]+)"
_ENTRY = re.compile(rf"(mwg|MP|acdsee) (.+): {_NUMBERS}(?: rot -?[\d.]+)?")
KINDS = {"mwg": "MWG", "MP": "MP", "acdsee": "ACDSee"}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    if not (shared_data / "metadata").is_dir():
        pytest.skip("no files of other programs beside the checkout")
    return shared_data / "metadata"


def rows(folder: Path) -> Iterator[tuple[Path, tuple[int, int] | None, str]]:
    """File, applied dimensions and expected regions of each row of the table."""
    for line in (folder / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 6 and (folder / cells[0]).is_file():
            size = re.fullmatch(r"(\d+) x (\d+)", cells[3])
            yield folder / cells[0], size and (int(size[1]), int(size[2])), cells[5]


def said(path: Path, size: tuple[int, int]) -> dict[str, list[Region]]:
    """The regions of each kind, before they are joined."""
    found: dict[str, list[Region]] = {}
    packets = [path.read_bytes()] if path.suffix == ".xmp" else embedded_packets(path)
    for packet in packets:
        for region in (r for group in read_packet(packet, size)[0] for r in group):
            found.setdefault(region.source, []).append(region)
    return found


def expected(kind: str, numbers: tuple[float, ...]) -> Box:
    x, y, w, h = numbers
    return (x, y, w, h) if kind == "MP" else (x - w / 2, y - h / 2, w, h)


def test_regions_are_those_of_the_table(folder: Path) -> None:
    checked = 0
    for path, applied, cell in rows(folder):
        if "hostile" in path.name or "wild" in path.name or path.suffix not in (".xmp", ".jpg"):
            continue
        found = said(path, Image.open(path).size if path.suffix == ".jpg" else applied or (4, 3))
        wanted: dict[str, list[tuple[str | None, Box]]] = {}
        for kind, name, *numbers in (
            m.groups() for m in _ENTRY.finditer(cell.replace("<br>", "\n"))
        ):
            box = expected(kind, tuple(map(float, numbers)))
            wanted.setdefault(KINDS[kind], []).append((None if name == "(none)" else name, box))
        for kind in KINDS.values():
            names = [region.name for region in found.get(kind, [])]
            assert names == [name for name, _ in wanted.get(kind, [])], path.name
            boxes = [region.box for region in found.get(kind, [])]
            assert None not in boxes, path.name
            assert np.allclose(boxes, [box for _, box in wanted.get(kind, [])], atol=1e-6), (
                path.name
            )
            checked += len(names)
    assert checked >= 40


def beside(tmp_path: Path, file: Path, size: tuple[int, int] = (840, 700)) -> Told:
    """What is said of a photo that has this file as its sidecar."""
    name = "a.jpg.xmp" if file.suffix == ".xmp" else "a.jpg.supplemental-metadata.json"
    for old in tmp_path.glob("a.jpg*"):
        old.unlink()
    shutil.copyfile(file, tmp_path / name)
    Image.new("RGB", (20, 20)).save(tmp_path / "a.jpg")
    return read_told(tmp_path, "a.jpg", size, 1)


def test_hostile_regions(folder: Path, tmp_path: Path) -> None:
    found = beside(tmp_path, folder / "hostile-regions-generated.xmp")
    assert found.problems == ()
    assert found.names == ("nan", "comma", "outside", "zero", "negative")
    placed = {region.name: region.box for region in found.regions}
    usual = ["../../etc/cron.d/x", "=cmd|calc", "<script>alert(1)</script>", "CON", "1e5"]
    assert set(placed) == {*usual, "gnp.exe", "x" * 5000, "clipped", "pixels", None}
    assert np.allclose(placed["clipped"] or (), (0.93, 0.45, 0.07, 0.1))
    assert np.allclose(placed["pixels"] or (), (370 / 840, 300 / 700, 100 / 840, 100 / 700))


def test_what_must_be_refused_or_names_nobody(folder: Path, tmp_path: Path) -> None:
    found = beside(tmp_path, folder / "hostile-entities-generated.xmp")
    assert (found.regions, found.names) == ((), ())
    assert "DOCTYPE" in found.problems[0]
    for name in ("darktable-sidecar.jpg.xmp", "digikam-4.4-empty-regions.xmp"):
        assert beside(tmp_path, folder / name) == Told()
    assert beside(tmp_path, folder / "exiftool-wild-regions.xmp") == Told(names=("Region 1",))


def test_names_without_areas(folder: Path, tmp_path: Path) -> None:
    [json] = folder.glob("google-takeout*.json")
    assert beside(tmp_path, json).names == ("Marie Curie", "Pierre Curie")
    found = beside(tmp_path, folder / "iptc-2019-imageregion.xmp", (1000, 500))
    assert found.names == ("Person Shown 1 (ref2019.1)", "Person Shown 2 (ref2019.1)")
    boxes = {region.name: region.box for region in found.regions}
    assert np.allclose(boxes["Listener 1"] or (), (0.31, 0.18, 0.127, 0.385))
    assert np.allclose(boxes["Listener 2"] or (), (0.522, 0.29, 0.136, 0.272))
    assert np.allclose(boxes["Speaker 1"] or (), (0.05, 0.041, 0.325, 0.822))
    # Its own PersonInImage and keywords are of people whose place is known.
    assert beside(tmp_path, folder / "target-generated.jpg.xmp").names == ()
    stale = beside(tmp_path, folder / "lightroom-classic-10.2-export.xmp", (900, 900))
    assert stale.regions == ()
    assert set(stale.names) == {"Balu the bear", "Hugin the raven", "Akela the wolf"}


def test_picasa(folder: Path) -> None:
    found = read_told(folder / "picasa-generated", "portrait.jpg", (420, 350), 1)
    boxes = [region.box for region in found.regions]
    assert [region.name for region in found.regions] == ["Marie Curie", "Pierre Curie", None]
    assert np.allclose(
        boxes[0] or (), expected("mwg", (0.368452, 0.307858, 0.113085, 0.198566)), atol=2e-6
    )
    assert np.allclose(
        boxes[1] or (), expected("mwg", (0.687503, 0.239292, 0.096422, 0.241428)), atol=2e-6
    )


@pytest.mark.parametrize(
    ("name", "orientation"),
    [("digikam-portrait.jpg", 1), ("digikam-portrait-orientation-6.jpg", 6),
     ("picasa-generated/portrait.jpg", 1)],
)  # fmt: skip
def test_names_are_on_our_faces(name: str, orientation: int, folder: Path) -> None:
    picture = decode(load(folder / name), 1600)
    size = (picture.width, picture.height)
    boxes = stored_boxes(Finder(Detector()).detect(picture).boxes, size, orientation)
    told = read_told(folder, name, size if orientation == 1 else size[::-1], orientation)
    named = named_faces(told, boxes)
    assert sorted(named.values()) == ["Marie Curie", "Pierre Curie"]
    for face, who in named.items():
        [box] = [region.box for region in told.regions if region.name == who]
        assert overlap(np.array(box), boxes[face]) > 0.5
