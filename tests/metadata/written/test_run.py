"""What was written is known: nothing is written twice, and what went is taken back."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal

import pytest

from facecluster.metadata.read import read_told
from facecluster.metadata.written import ledger
from facecluster.metadata.written.packet import new_packet
from facecluster.metadata.written.records import NamedBox
from facecluster.metadata.written.run import PhotoNames, write_names

SIZE = (80, 60)
ZOE = NamedBox("Zoë", (0.25, 0.5, 0.125, 0.25))
ANNA = NamedBox("Anna", (0.6, 0.1, 0.2, 0.25))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    root, out = tmp_path / "photos", tmp_path / "out"
    (root / "sub").mkdir(parents=True)
    (out / ".facecluster").mkdir(parents=True)
    for path in ("a.jpg", "sub/b.jpg"):
        (root / path).write_bytes(b"photo")
    return root, out


def names(path: str, *faces: NamedBox, image: str = "1" * 32) -> PhotoNames:
    return PhotoNames(path, image, SIZE, 1, faces)


def written(root: Path) -> dict[str, bytes]:
    return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*.xmp")}


def test_names_are_written_once_corrected_and_taken_back(folders: tuple[Path, Path]) -> None:
    root, out = folders
    told: list[tuple[int, int]] = []
    both = [names("a.jpg", ZOE), names("sub/b.jpg", ANNA, ZOE, image="2" * 32)]
    assert write_names(root, out, both, "sidecar", lambda *step: told.append(step)) == []
    assert told == [(1, 2), (2, 2)]
    assert set(written(root)) == {"a.jpg.xmp", "sub/b.jpg.xmp"}
    about = [file.stat() for file in (*root.rglob("*.xmp"), out / ledger.FILE)]
    assert write_names(root, out, both, "sidecar", lambda *step: told.append(step)) == []
    assert told == [(1, 2), (2, 2)]
    assert [file.stat() for file in (*root.rglob("*.xmp"), out / ledger.FILE)] == about
    fewer = [names("a.jpg"), names("sub/b.jpg", ANNA, image="2" * 32)]
    assert write_names(root, out, fewer, "sidecar") == []
    assert written(root) == {"sub/b.jpg.xmp": new_packet([ANNA], SIZE)}


def test_the_list_is_for_its_owner_alone(folders: tuple[Path, Path]) -> None:
    root, out = folders
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    assert os.name == "nt" or stat.S_IMODE((out / ledger.FILE).stat().st_mode) == 0o600


def test_a_sidecar_that_went_or_was_changed_is_written_again(folders: tuple[Path, Path]) -> None:
    root, out = folders
    sidecar = root / "a.jpg.xmp"
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    sidecar.unlink()
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    assert sidecar.read_bytes() == new_packet([ZOE], SIZE)
    sidecar.write_bytes(sidecar.read_bytes().replace("Zoë".encode(), b"Eve"))
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    assert [r.name for r in read_told(root, "a.jpg", SIZE, 1).regions] == ["Zoë"]


def test_what_others_had_named_is_not_ours_to_take_back(folders: tuple[Path, Path]) -> None:
    root, out = folders
    theirs = new_packet([ZOE], SIZE) or b""
    (root / "a.jpg.xmp").write_bytes(theirs)
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    write_names(root, out, [names("a.jpg")], "sidecar")
    assert written(root) == {"a.jpg.xmp": theirs}


def test_names_follow_a_photo_that_moved(folders: tuple[Path, Path]) -> None:
    root, out = folders
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    for name in ("a.jpg", "a.jpg.xmp"):
        (root / name).rename(root / "sub" / name)
    write_names(root, out, [names("sub/a.jpg", ANNA)], "sidecar")
    assert written(root) == {"sub/a.jpg.xmp": new_packet([ANNA], SIZE)}


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"version":1,"sidecar":{"a":1}}'])
def test_a_damaged_list_is_said_and_begun_anew(folders: tuple[Path, Path], damage: bytes) -> None:
    root, out = folders
    (out / ledger.FILE).write_bytes(damage)
    [note] = write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    assert ledger.FILE in note
    assert write_names(root, out, [names("a.jpg", ZOE)], "sidecar") == []
    assert written(root) == {"a.jpg.xmp": new_packet([ZOE], SIZE)}


def test_problems_are_summed_up_and_tried_again(folders: tuple[Path, Path]) -> None:
    root, out = folders
    both = [names("a.jpg", ZOE), names("sub/b.jpg", ANNA)]
    for photo in both:
        (root / f"{photo.path}.xmp").write_bytes(b"<!DOCTYPE x><x/>")
    [note] = write_names(root, out, both, "sidecar")
    assert note.startswith("The names of 2 photos were not written, such as a.jpg.xmp: it declares")
    (root / "a.jpg.xmp").unlink()
    [note] = write_names(root, out, both, "sidecar")
    assert note.startswith("The names of 1 photo were not written: sub/b.jpg.xmp: it declares")


@pytest.mark.parametrize("mode", ["sidecar", "embed"])
def test_nothing_is_made_for_a_photo_that_is_away(
    folders: tuple[Path, Path], mode: Literal["sidecar", "embed"]
) -> None:
    root, out = folders
    write_names(root, out, [names("a.jpg", ZOE)], "sidecar")
    (root / "a.jpg").unlink()
    before = written(root), (out / ledger.FILE).read_bytes()
    away = [names("disk/a/b.jpg", ZOE, image="2" * 32), names("a.jpg", ANNA)]
    assert write_names(root, out, away, mode) == []
    assert (written(root), (out / ledger.FILE).read_bytes()) == before
    assert not (root / "disk").exists()
