"""The parts of the speed benchmark: photos by seed, judging of folders, stages, tables."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.process import Used
from benchmarks.speed import albums, tables
from benchmarks.speed.judge import judge_faces, judge_photos
from benchmarks.speed.material import Material, cut, grain, set_in, shipped
from benchmarks.speed.memory import fill
from benchmarks.speed.peer import PeerError, checked, peer_group
from benchmarks.speed.photos import MAKERS, TOY, Face


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return shipped(tmp_path_factory.mktemp("shipped"))


@pytest.mark.parametrize("name", ["small", "medium", "group"])
def test_a_seed_decides_the_photos(name: str, material: Material, tmp_path: Path) -> None:
    seeds = {"first": 0, "again": 0, "other": 1}
    made = {
        cache: albums.album(name, material, tmp_path / cache, seed, toy=True)
        for cache, seed in seeds.items()
    }
    bytes_of = {
        cache: [file.read_bytes() for file in sorted(album.folder.iterdir())]
        for cache, album in made.items()
    }
    assert bytes_of["first"] == bytes_of["again"]
    assert not set(bytes_of["first"]) & set(bytes_of["other"])
    assert len(set(bytes_of["first"])) == TOY[name]
    assert made["first"].truth == made["again"].truth


def test_an_album_is_made_once(material: Material, tmp_path: Path) -> None:
    first = albums.album("small", material, tmp_path, toy=True)
    assert first.truth is not None
    assert set(first.truth) == {file.name for file in first.folder.iterdir()}
    assert sorted(len(faces) for faces in first.truth.values()) == [0, 1, 1, 1, 1, 1]
    for file in first.folder.iterdir():
        file.unlink()
    assert albums.album("small", material, tmp_path, toy=True) == first
    assert not list(first.folder.iterdir())


def test_phone_photos_are_what_a_phone_writes(material: Material, tmp_path: Path) -> None:
    album = albums.album("phone", material, tmp_path, toy=True)
    turns = []
    for file in sorted(album.folder.iterdir()):
        with Image.open(file) as photo:
            assert photo.size == (4032, 3024)
            turns.append(photo.getexif()[albums.ORIENTATION])
        assert 2.5e6 < file.stat().st_size < 6e6
    assert turns == [6, 1, 6]


def test_upright_photos_show_as_they_were_made(material: Material) -> None:
    """What is stored lying, turned as its orientation says, is the picture that was composed."""
    photo = next(MAKERS["phone"](material, 1, np.random.default_rng(0)))
    assert photo.orientation == 6
    upright = np.rot90(photo.pixels, -1)  # EXIF 6: clockwise
    assert upright.shape == (4032, 3024, 3)
    # Light of a whole row and column, without the noise, against the part that was cut.
    random = np.random.default_rng(0)
    with Image.open(material.large[int(random.integers(len(material.large)))]) as file:
        whole = np.asarray(file.convert("RGB"))
    wanted = cut(whole, 3024, 4032, random, 0.7).mean(axis=2)
    for axis in (0, 1):
        light = upright.mean(axis=2).mean(axis=axis)
        assert np.corrcoef(light, wanted.mean(axis=axis))[0, 1] > 0.99


def test_set_in_covers_the_middle_and_fades_at_the_edge() -> None:
    canvas = np.full((200, 300, 3), 10, np.uint8)
    set_in(canvas, np.full((50, 40, 3), 210, np.uint8), 100, (150, 100))
    assert (canvas[60:140, 120:180] == 210).all()
    untouched = np.ones((200, 300), bool)
    untouched[50:150, 110:190] = False
    assert (canvas[untouched] == 10).all()
    row = canvas[100, 110:150, 0].astype(int)
    assert 10 < row[0] < 210
    assert (np.diff(row) >= 0).all()


@pytest.mark.parametrize("middle", [(0, 0), (299, 199), (-500, 20), (20, 900)])
def test_set_in_may_pass_the_edge(middle: tuple[int, int]) -> None:
    canvas = np.zeros((200, 300, 3), np.uint8)
    set_in(canvas, np.full((40, 40, 3), 255, np.uint8), 60, middle)
    left, top = middle[0] - 30, middle[1] - 30
    inside = np.zeros((200, 300), bool)
    inside[max(top, 0) : max(top + 60, 0), max(left, 0) : max(left + 60, 0)] = True
    assert (canvas[~inside] == 0).all()
    assert (canvas[inside] > 0).all()


def test_grain_has_the_strength_asked_for(rng: np.random.Generator) -> None:
    flat = np.full((400, 500, 3), 128, np.uint8)
    noisy = grain(flat, rng, 4.0).astype(float)
    assert noisy.std() == pytest.approx(4.0, rel=0.05)
    assert noisy.mean() == pytest.approx(128, abs=0.1)
    assert (noisy[..., 0] == noisy[..., 1]).all()


def test_photos_are_judged_by_the_folders_they_lie_in(tmp_path: Path) -> None:
    truth = {f"{i}.jpg": [Face("ab"[i > 2], 0, 0)] for i in range(5)}
    truth["5.jpg"] = [Face("a", 0, 0), Face("b", 9, 9)]  # not judged
    lies = {"p1": ["0.jpg", "1.jpg", "1_1.jpg", "5.jpg"], "p2": ["1.jpg", "2.jpg"], "p3": ["3.jpg"]}
    for name, files in lies.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).touch()
    judged = judge_photos(sorted(tmp_path.iterdir()), truth)
    assert (judged["judged"], judged["placed"]) == (5, 4)
    # Groups {0, 1} {2} {3} {4}: 1 lies in two folders and counts to the larger one.
    recall = (2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5
    assert judged["bcubed"] == pytest.approx(2 * recall / (1 + recall))
    assert judged["pairwise"] == pytest.approx(2 * (1 / 4) / (1 + 1 / 4))


def test_a_program_that_makes_no_folder_placed_nobody() -> None:
    judged = judge_photos([], {"0.jpg": [Face("a", 0, 0)], "1.jpg": [Face("a", 0, 0)]})
    assert (judged["placed"], judged["pairwise"]) == (0, 0)


def test_faces_are_judged_by_the_box_that_holds_their_middle() -> None:
    def face(photo: str, x: float, person: int | None) -> dict[str, Any]:
        return {"photo": photo, "box": [x, 0.0, 20.0, 20.0], "person": person}

    report = {"faces": [face("0", 0, 1), face("0", 12, 2), face("1", 50, 1), face("2", 0, None)]}
    truth = {
        "0": [Face("a", 11, 10), Face("b", 21, 10)],  # the first lies in one box, near its middle
        "1": [Face("a", 60, 10), Face("b", 200, 10)],  # the second was not found
        "2": [Face("a", 10, 10)],  # found, not placed
    }
    judged = judge_faces(report, truth)
    assert (judged["judged"], judged["seen"], judged["placed"]) == (5, 4, 3)
    # Groups: {0a, 1a}, and three alone. Pairs of one person: three of a, one of b; one is joined.
    assert judged["pairwise"] == pytest.approx(2 * 0.25 / 1.25)


def test_variations_have_bytes_of_their_own(material: Material, tmp_path: Path) -> None:
    album = albums.album("small", material, tmp_path / "cache", toy=True)
    pool = tmp_path / "pool"
    pool.mkdir()
    fill(pool, album.folder, 8, seed=0)
    first = {file.name: file.read_bytes() for file in pool.iterdir()}
    fill(pool, album.folder, 20, seed=0)
    files = {file.name: file.read_bytes() for file in pool.iterdir()}
    assert len(set(files.values())) == len(files) == 20
    assert first.items() <= files.items()
    assert {file.read_bytes() for file in album.folder.iterdir()} <= set(first.values())


def stub_peer(path: Path, lines: str) -> Path:
    """A command of a few lines of Python."""
    path.write_text(f"#!{sys.executable}\nimport shutil, sys\nfrom pathlib import Path\n{lines}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="needs a script that starts by itself")
def test_the_peer_is_run_and_judged(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("0.jpg", "1.jpg", "2.jpg"):
        (photos / name).write_text(name)
    copies = (
        "group, source, dash, out = sys.argv[1:]\n"
        "for name, to in (('0', 'person_1'), ('1', 'person_1'), ('2', 'unknown')):\n"
        "    (Path(out) / to).mkdir(exist_ok=True)\n"
        "    shutil.copy(Path(source) / f'{name}.jpg', Path(out) / to)\n"
    )
    command = stub_peer(tmp_path / "peer", copies)
    truth = {f"{i}.jpg": [Face("b" if i == 2 else "a", 0, 0)] for i in range(3)}
    used, judged = peer_group(command, photos, tmp_path, truth)
    assert isinstance(used, Used)
    assert used.wall > 0
    assert judged == {"judged": 3, "placed": 2, "bcubed": 1, "pairwise": 1}
    assert peer_group(command, photos, tmp_path, None)[1] is None
    assert sorted(f.name for f in tmp_path.iterdir()) == ["peer", "photos"]
    with pytest.raises(PeerError, match="exit code 5"):
        peer_group(stub_peer(tmp_path / "bad", "sys.exit(5)\n"), photos, tmp_path, truth)


def test_a_peer_that_does_not_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="does not start"):
        checked(tmp_path / "missing")


ROW: dict[str, Any] = {
    **{"set": "small", "photos": 1200, "faces": 1300, "megabytes": 60.0, "seconds": 12.0},
    **{"cpu": 22.5, "peak_mb": 300.4, "decode_seconds": 3.0, "times_floor": 4.0, "runs": 3},
}
QUALITY = {"judged": 10, "placed": 9, "bcubed": 0.98765, "pairwise": 0.5}


def test_the_line_has_every_figure() -> None:
    words = " ".join(tables.line(ROW).split())
    assert words == "small 1200 1300 0.05 12.00 100.0 22.5 300 400.0 4.00 -"
    assert len(tables.line(ROW)) == len(tables.HEAD)


def test_the_peer_has_a_table_where_it_took_part() -> None:
    assert "face-grouper" not in tables.markdown([ROW], seed=3)
    peer = {"seconds": 600.0, "peak_mb": 500, "runs": 1, "quality": QUALITY}
    text = tables.markdown([ROW | {"peer": peer, "times_peer": 50.0}, ROW], seed=3)
    assert "drawn by seed 3" in text
    assert (
        "| small | face-grouper | 1 | 600.0 | 2.00 | 500 | 1 | 0.9877 | 0.5000 | 9 of 10 |" in text
    )
    assert "| small | facecluster | 3 | 12.0 | 100.00 | 300 | 50.0 | - | - | - |" in text
    assert text.count("| small | 1,200 | 1,300 | 0.05 | 12.00 | 100.0 |") == 2


def test_stages_are_told_a_photo_a_face_and_a_run() -> None:
    row = {"seconds": {"import": 0.5, "decode": 0.3, "embed": 0.6}, "photos": 3, "faces": 6}
    lone = {"seconds": {"import": 0.25, "decode": 0.1}, "photos": 1, "faces": 0}
    text = tables.profile_markdown({"one": row, "two": lone})
    photo, face, run = text.split("| CPU ms per ")[1:]
    assert "| decode | 100.00 | 100.00 |\n| embed | 200.00 | - |" in photo
    assert "| **together** | 300.00 | 100.00 |" in photo
    assert "| decode | 50.00 | 100.00 |" in face
    assert "| import | 500.00 | 250.00 |\n| **together** | 500.00 | 250.00 |" in run


def test_memory_is_told_by_number_of_photos() -> None:
    rows: list[dict[str, Any]] = [
        {"photos": n, "faces": 2 * n, "seconds": n / 10, "peak_mb": 200 + n / 1024}
        for n in (1024, 4096)
    ]
    rows[-1] |= {"again_seconds": 1.25, "again_peak_mb": 150.0}
    text = tables.memory_markdown(rows)
    assert "| 1,024 | 2,048 | 102.4 | 10.0 | 201 |\n| 4,096 | 8,192 | 409.6 | 10.0 | 204 |" in text
    assert "grows by 1.0 KB per photo" in text
    assert text.endswith("the same 4,096 photos took 1.2 s and 150 MB.\n")


def test_faces_that_were_set_in_are_told_of_the_albums_that_have_them() -> None:
    judged = QUALITY | {"seen": 1234, "judged": 1300}
    text = tables.markdown([ROW, ROW | {"set": "group", "face_quality": judged}], seed=3)
    assert "photos, group: 1,234 of 1,300 faces found, BCubed F 0.9877, pairwise F 0.5000." in text
    assert "small:" not in text
