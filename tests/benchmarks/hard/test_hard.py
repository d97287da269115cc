"""What becomes of hard faces, counted on libraries made by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import pages
from benchmarks.common.albums import Album, Model
from benchmarks.hard import tables
from benchmarks.hard.curves import all_gates
from benchmarks.hard.gates import Gate, Gates
from benchmarks.hard.verdict import clean_verdict, summary, verdict
from benchmarks.hard.worsened import Library
from facecluster.cluster import people
from facecluster.records import FaceTable


def library(names: str, worse: str, known: str) -> Library:
    """A photo with one face for each letter; those of `worse` (0 or 1 each) are hard."""
    count = len(names)
    points = np.eye(26, dtype=np.float32)[[ord(name) - ord("a") for name in names]]
    faces = FaceTable(
        photo=np.arange(count, dtype=np.int32),
        ordinal=np.zeros(count, np.int32),
        boxes=np.full((count, 4), 40, np.float32),
        landmarks=np.tile(np.array([[1, 1], [3, 1], [2, 2], [1, 3], [3, 3]], np.float32),
                          (count, 1, 1)),
        scores=np.ones(count, np.float32),
        clarity=np.tile(np.array([-4, 10, 1], np.float32), (count, 1)),
        consistency=np.ones(count, np.float32),
        embeddings=points,
    )  # fmt: skip
    digests = np.array([f"{i:032x}" for i in range(count)])
    album = Album(np.array(list(names)), digests, np.full((count, 2), 120.0), faces)
    flags = np.array([flag == "1" for flag in worse])
    return Library(album, flags, np.isin(list(names), list(known)))


def test_every_fate_of_a_hard_face() -> None:
    #               a a a a a b b b b x x x y y
    case = library("aaaaabbbbxxxyy", "00111001111111", "ab")
    labels = np.array([0, 0, 0, 1, -1, 1, 1, 2, -1, 3, 3, 0, 3, -1], np.int32)
    row = verdict(case, labels)
    # Folder 0: a a a and a stranger; 1: two clean b and one hard a; 2: a hard b alone; 3: x x y.
    assert (row["known"], row["strangers"], row["found"], row["placed"]) == (5, 5, 10, 7)
    assert row["right"] == 4  # an a in 0, the b in 2, two x in 3
    assert row["joined"] == 1  # only the a lies beside clean ones
    assert (row["wrong"], row["false"]) == (1, 2)
    assert (row["apart"], row["mixed"]) == (2, 1)  # 2 and 3, which holds x x y
    total = summary([row, row])
    assert total["precision"] == pytest.approx(4 / 7)
    assert total["recall"] == pytest.approx(1 / 5)
    assert total["wrong"] == 2


def test_nobody_placed_is_no_error() -> None:
    case = library("aabb", "0101", "a")
    total = summary([verdict(case, np.full(4, -1, np.int32))])
    assert (total["precision"], total["recall"], total["placed"]) == (1, 0, 0)


def test_faces_of_the_background_make_people_of_their_own() -> None:
    album = library("aabb", "0000", "ab").album
    boxes = album.faces.boxes.copy()
    boxes[:, :2] = 0  # in a corner
    table = album.faces
    both = {
        name: np.concatenate([getattr(table, name)] * 2)
        for name in ("photo", "scores", "clarity", "consistency", "embeddings", "landmarks")
    }
    ordinal = np.repeat(np.array([0, 1], np.int32), 4)
    faces = FaceTable(**both, ordinal=ordinal, boxes=np.concatenate([table.boxes, boxes]))
    labels = np.array([0, 0, 1, 1, 2, 2, 2, 0], np.int32)
    row = clean_verdict(replace(album, faces=faces), labels)
    assert (row["f"], row["behind"], row["largest"]) == (1, 1, 3)


def test_the_gate_is_moved_elsewhere_only() -> None:
    case = library("aaabbb", "000000", "ab")
    table = case.album.faces
    blurred = table.clarity.copy()
    blurred[:, 0] = -11  # nothing sharp anywhere
    album = replace(case.album, faces=replace(table, clarity=blurred))
    model = Model("id", "toy", 0.06, (), faces=True, fitted=True)
    before = (people.TRUSTED, people.POOR_REACH, people.POOR_RATE)
    with Gates(model) as gates:
        everybody, nobody = gates.labels(album, [Gate(trusted=0.0), Gate(trusted=1.0)])
    assert everybody.tolist() == [0, 0, 0, 1, 1, 1]
    assert (nobody == -1).all()
    assert before == (people.TRUSTED, people.POOR_REACH, people.POOR_RATE)


def told(curve: bool) -> dict[str, object]:
    case = library("aaxx", "0111", "a")
    row = summary([verdict(case, np.array([0, 0, 1, -1], np.int32))])
    gates = all_gates() if curve else {}
    gate = asdict(Gate())
    clean = {"lfw": {"f": 0.5, "behind": 7, "largest": 3}}
    curves = {
        name: [
            {"trusted": g.trusted, "poor_reach": g.poor_reach, "poor_rate": g.poor_rate}
            | {"consistency": g.consistency, "hard": row, "clean": clean}
            for g in these
        ]
        for name, these in gates.items()
    }
    return {"kinds": {"toy": row}, "curves": curves, "gate": gate, "seed": 3, "folder": "mine"}


def test_writing_keeps_what_stands_around(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "quality.md"
    path.parent.mkdir()
    path.write_text("# Mine\n\nabove\n")
    tables.write(path, told(curve=False))
    assert not (path.parent / tables.PLOT).exists()
    path.write_text(path.read_text() + "\n## Below\n")
    tables.write(path, told(curve=True))
    first = path.read_text()
    tables.write(path, told(curve=True))
    assert path.read_text() == first
    assert first.startswith("# Mine\n\nabove\n")
    assert first.endswith(f"{pages.edges(tables.MARK)[1]}\n\n## Below\n")
    assert "| toy | 1.000 | 0.667 | 1.000 | 1.000 | 0 | 0 | 1 (0) |" in first
    assert f"| **{people.TRUSTED:g}** (default) | 1.0000 | 1.0000 |" in first
    assert "| 0.5000 | 7 (3) |" in first
    assert (path.parent / tables.PLOT).read_text().rstrip().endswith("</svg>")
