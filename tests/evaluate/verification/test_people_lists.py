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
