"""All that is said of a photo, from it and the files beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.limits import Limits
from facecluster.metadata.read import Sources, read_told
from facecluster.metadata.records import Region, Told
from tests.support.xmp_samples import CONTAINERS, GUID, jpeg, microsoft, mwg, packet, people

AREA, BOX = (0.25, 0.375, 0.25, 0.5), (0.125, 0.125, 0.25, 0.5)
ELSEWHERE = (0.75, 0.75, 0.125, 0.125)
SIZE = (60, 40)
INI = "[a.jpg]\nfaces=rect64(1fff1fff5fff9fff),ab\n[Contacts2]\nab={};;\n"


def write(folder: Path, **files: bytes) -> None:
    """Files by what they are for the photo a.jpg."""
    names = {"photo": "a.jpg", "long": "a.jpg.xmp", "short": "a.xmp", "picasa": ".picasa.ini",
             "contacts": "contacts.xml", "takeout": "a.jpg.supplemental-metadata.json"}  # fmt: skip
    for kind, data in files.items():
        (folder / names[kind]).write_bytes(data)


def read(folder: Path, path: str = "a.jpg", orientation: int = 1) -> Told:
    return read_told(folder, path, SIZE, orientation)


def of(name: str | None, area: tuple[float, float, float, float] = AREA) -> bytes:
    return packet(mwg([(name, area)], SIZE))


def takeout(*names: str) -> bytes:
    return json.dumps({"people": [{"name": name} for name in names]}).encode()


@pytest.mark.parametrize("kind", CONTAINERS)
def test_names_in_photos_of_all_kinds(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "photo").write_bytes(CONTAINERS[kind](of("Zoë")))
    assert read(tmp_path, "x/photo") == Told((Region("Zoë", BOX, "MWG"),))


def test_every_source_is_read(tmp_path: Path) -> None:
    write(tmp_path, photo=jpeg(of("Photo", (0.1, 0.1, 0.1, 0.1))), long=of("Long"))
    write(tmp_path, short=of("Short", ELSEWHERE), picasa=INI.format("Picasa").encode())
    write(tmp_path, takeout=takeout("T"))
    found = read(tmp_path)
    assert [region.name for region in found.regions] == ["Long", "Short", "Photo"]
    assert found.names == ("T",)
    assert found.problems == ()
    os.remove(tmp_path / "a.jpg.xmp")
    assert [region.name for region in read(tmp_path).regions] == ["Short", "Photo", "Picasa"]


def test_who_is_believed(tmp_path: Path) -> None:
    """a.jpg.xmp, a.xmp, the photo, Picasa; a place that one of them gives is not given again."""
    write(tmp_path, photo=jpeg(of("Zoë", ELSEWHERE)), short=of("Zoë", (0.5, 0.5, 0.1, 0.1)))
    write(tmp_path, long=of("Zoë"), picasa=INI.format("Ann").encode(), takeout=takeout("zoë"))
    assert read(tmp_path) == Told((Region("Zoë", BOX, "MWG"),))
    for name in ("a.jpg.xmp", "a.xmp", "a.jpg"):
        (tmp_path / name).write_bytes(jpeg() if name == "a.jpg" else packet())
    [region] = read(tmp_path).regions
    assert (region.name, region.source) == ("Ann", "Picasa")


def test_mwg_wins_over_what_was_not_turned_with_the_photo(tmp_path: Path) -> None:
    both = packet(mwg([("Zoë", AREA)], SIZE), microsoft([("Zoë", (0.6, 0.1, 0.2, 0.2))]))
    write(tmp_path, photo=jpeg(both))
    assert read(tmp_path, orientation=6).regions == (Region("Zoë", BOX, "MWG"),)


def test_an_extended_packet_is_read(tmp_path: Path) -> None:
    first = packet(f"<xmpNote:HasExtendedXMP>{GUID}</xmpNote:HasExtendedXMP>", people("Ann"))
    write(tmp_path, photo=jpeg(first, extended=of("Zoë") + b" " * 3000))
    assert read(tmp_path) == Told((Region("Zoë", BOX, "MWG"),), ("Ann",))


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("long", b"<!DOCTYPE x []><x/>", "a.jpg.xmp: it declares a DOCTYPE"),
        ("short", b"no", "a.xmp: it is not XML"),
        ("photo", jpeg(b"<a>"), "a.jpg: its XMP packet is not XML"),
        ("photo", jpeg(b"<!DOCTYPE x []><x/>"), "a.jpg: its XMP packet declares a DOCTYPE"),
        ("takeout", b"{", "a.jpg.supplemental-metadata.json: it is not JSON"),
        ("long", b" " * 9000, "a.jpg.xmp: it is larger than"),
        ("contacts", b"<a", "contacts.xml: it is not XML"),
    ],
)
def test_one_that_is_refused_is_named_and_the_others_are_read(
    kind: str, data: bytes, said: str, tmp_path: Path
) -> None:
    write(tmp_path, photo=jpeg(), picasa=INI.format("Zoë").encode())
    write(tmp_path, **{kind: data})
    found = read_told(tmp_path, "a.jpg", SIZE, 1, Sources(tmp_path, Limits(text=8192)))
    [region] = found.regions
    assert region.name == "Zoë"
    [problem] = found.problems
    assert problem.startswith(said)
    assert problem.endswith("names in it are left out until it is mended or removed")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, photo=jpeg(of("Zoë")))
    os.mkfifo(tmp_path / "a.jpg.xmp")
    (tmp_path / "a.xmp").mkdir()
    os.symlink("nowhere", tmp_path / ".picasa.ini")
    found = read(tmp_path)
    assert [region.name for region in found.regions] == ["Zoë"]
    assert [problem.split(":")[0] for problem in found.problems] == [
        "a.jpg.xmp", "a.xmp", ".picasa.ini"
    ]  # fmt: skip


def test_many_photos_of_a_folder_read_its_files_once(tmp_path: Path) -> None:
    ini = "".join(f"[{n}.jpg]\nfaces=rect64(1fff1fff5fff9fff),ab\n" for n in range(20))
    (tmp_path / ".picasa.ini").write_text(ini + "[Contacts2]\nab=Zoë\n", encoding="utf-8")
    for n in range(20):
        (tmp_path / f"{n}.jpg").write_bytes(jpeg())
    sources = Sources(tmp_path)
    first = read_told(tmp_path, "0.jpg", SIZE, 1, sources)
    os.remove(tmp_path / ".picasa.ini")
    assert first.regions[0].name == "Zoë"
    assert all(read_told(tmp_path, f"{n}.jpg", SIZE, 1, sources) == first for n in range(20))


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (60, 40)])
@pytest.mark.parametrize("unit", ["pixel", "normalized"])
def test_pictures_of_no_size_are_borne(size: tuple[int, int], unit: str, tmp_path: Path) -> None:
    write(tmp_path, photo=jpeg(packet(mwg([("A", AREA)], None, unit=unit))))
    found = read_told(tmp_path, "a.jpg", size, 1)
    assert found.names == ("A",) or found.regions[0].name == "A"


FILES = st.dictionaries(
    st.sampled_from(["photo", "long", "short", "picasa", "contacts", "takeout"]),
    st.one_of(
        st.binary(max_size=50),
        st.tuples(
            st.sampled_from([of("Zoë"), jpeg(of("Zoë")), takeout("Z"), INI.encode()]),
            st.integers(0, 400), st.binary(max_size=4),
        ).map(lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] + 1 :]),
    ),
)  # fmt: skip


@given(FILES, st.integers(1, 8))
def test_any_bytes_give_an_answer(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], orientation: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    write(folder, **files)
    found = read(folder, orientation=orientation)
    assert isinstance(found, Told)
    assert all(region.box is not None for region in found.regions)


def test_lxml_is_not_loaded_for_photos_without_packets(tmp_path: Path) -> None:
    write(tmp_path, photo=jpeg(), takeout=takeout("Zoë"))
    code = (
        "import sys, pathlib; from facecluster.metadata.read import read_told;"
        "told = read_told(pathlib.Path(sys.argv[1]), 'a.jpg', (60, 40), 1);"
        "print(told.names, any(name.startswith('lxml') for name in sys.modules))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    assert done.stdout.strip() == "('Zoë',) False"
