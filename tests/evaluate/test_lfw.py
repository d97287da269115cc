"""Reading LFW's lists, and taking the middle face of a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.embed.embedder import Embedder
from facecluster.errors import FaceclusterError
from facecluster.evaluate import lfw
from facecluster.records import Picture


def test_pairs_of_two_folds(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text("2\t1\nA_B\t1\t4\nA_B\t2\tC\t10\nD\t3\t4\nD\t1\tE\t1\n")
    pairs = lfw.read_pairs(path)
    assert pairs.first == ("A_B/A_B_0001.jpg", "A_B/A_B_0002.jpg", "D/D_0003.jpg", "D/D_0001.jpg")
    assert pairs.second[:2] == ("A_B/A_B_0004.jpg", "C/C_0010.jpg")
    assert pairs.same.tolist() == [True, False, True, False]
    assert pairs.fold.tolist() == [0, 0, 1, 1]


def test_one_count_means_one_fold(tmp_path: Path) -> None:
    path = tmp_path / "pairsDevTest.txt"
    path.write_text("1\nA\t1\t2\nA\t1\tB\t1\n")
    assert lfw.read_pairs(path).fold.tolist() == [0, 0]


def test_missing_pairs_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text("2\t1\nA\t1\t2\n")
    with pytest.raises(FaceclusterError, match="4 pairs announced, 1 read"):
        lfw.read_pairs(path)


def test_missing_list_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FaceclusterError, match=r"people\.txt: cannot be read"):
        lfw.read_people(tmp_path / "people.txt")


def test_people_list(tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text("2\nA\t2\nB\t1\n")
    assert lfw.read_people(path) == ["A/A_0001.jpg", "A/A_0002.jpg", "B/B_0001.jpg"]


def test_the_middle_face_is_taken(astronaut: np.ndarray, hopper: np.ndarray) -> None:
    both = np.concatenate([hopper[:512], astronaut, hopper[:512]], axis=1)
    points = lfw.PortraitReader().landmarks(Picture(both, both.shape[1], both.shape[0]))
    assert points is not None
    assert ((points[:, 0] > 512) & (points[:, 0] < 1024)).all()


def test_a_picture_without_a_face_gives_its_middle(tmp_path: Path) -> None:
    grey = np.full((100, 100, 3), 128, np.uint8)
    Image.fromarray(grey).save(tmp_path / "grey.png")
    [(crop, found)] = lfw.PortraitReader().crops(tmp_path, ["grey.png"], Embedder().spec)
    assert not found
    assert crop.shape == (150, 150, 3)
    assert (crop == 128).all()
