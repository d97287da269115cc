"""What a set is said to be before it is packed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import SettingsError
from facecluster.train.config import DataConfig
from facecluster.train.data.survey import survey
from tests.support.made_sets import MakeFolders


def write(root: Path, pictures: dict[str, np.ndarray]) -> str:
    for name, pixels in pictures.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(root / name)
    return str(root)


def test_digits() -> None:
    found = survey(DataConfig("digits"))
    assert (found.kind, found.native_size, found.suggested_size) == ("digits", 8, 16)
    assert (found.channels, found.classes, found.pictures) == (1, 10, 1797)
    assert not found.aligned
    assert not found.flips


def test_small_pictures_of_one_size_keep_it(folders: MakeFolders) -> None:
    found = survey(DataConfig(str(folders({"a": 3, "b": 3}, side=48))))
    assert (found.native_size, found.suggested_size, found.channels) == (48, 48, 3)
    assert (found.classes, found.pictures, found.aligned) == (2, 6, False)


def test_the_configuration_is_followed(folders: MakeFolders) -> None:
    root = str(folders({"a": 3, "b": 3}))
    found = survey(DataConfig(root, align="faces", image_size=40, grayscale=True))
    assert (found.aligned, found.suggested_size, found.channels) == (True, 40, 1)
    assert survey(DataConfig("digits", grayscale=False)).channels == 3


def test_people_are_aligned_unless_told_not_to(
    tmp_path: Path, astronaut: np.ndarray, hopper: np.ndarray
) -> None:
    names = ("1", "2", "3")
    pictures = {f"eileen/{n}.jpg": astronaut for n in names}
    pictures |= {f"grace/{n}.jpg": hopper for n in names}
    root = write(tmp_path / "people", pictures)
    found = survey(DataConfig(root))
    assert (found.aligned, found.native_size, found.suggested_size) == (True, None, 112)
    found = survey(DataConfig(root, align="none"))
    assert (found.aligned, found.suggested_size) == (False, 112)


def test_mixed_sizes_take_the_nearest_that_is_offered(tmp_path: Path) -> None:
    made = {f"{c}/{side}.png": np.zeros((side, side + 9, 3), np.uint8) for c in "ab"
            for side in (50, 60, 70)}  # fmt: skip
    found = survey(DataConfig(write(tmp_path / "set", made)))
    assert (found.native_size, found.suggested_size) == (None, 64)


def test_grey_means_all_grey(tmp_path: Path, rng: np.random.Generator) -> None:
    grey = np.repeat(rng.integers(0, 256, (20, 20, 1), np.uint8), 3, axis=2)
    names = [f"{c}/{n}.jpg" for c in "ab" for n in range(3)]
    root = write(tmp_path / "set", dict.fromkeys(names, grey))
    assert survey(DataConfig(root)).channels == 1
    red = grey.copy()
    red[..., 0] = 255
    write(tmp_path / "set", {"a/red.jpg": red})
    assert survey(DataConfig(root)).channels == 3


def test_unreadable_pictures_are_passed_over(folders: MakeFolders) -> None:
    root = folders({"a": 2, "b": 2})
    for file in sorted(root.rglob("*.png"))[:3]:
        file.write_bytes(b"text")
    assert survey(DataConfig(str(root))).native_size == 12
    for file in root.rglob("*.png"):
        file.write_bytes(b"text")
    with pytest.raises(SettingsError, match=r"not one of its pictures can be read \(.*text\)"):
        survey(DataConfig(str(root)))


@pytest.mark.parametrize(
    ("dataset", "said"),
    [("nowhere", "nowhere: there is no such folder"), ("", "there is no such folder"),
     ("x" * 5000, "there is no such folder")],
)  # fmt: skip
def test_nothing_there(dataset: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        survey(DataConfig(dataset))


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SettingsError, match="not a set of pictures that we read"):
        survey(DataConfig(str(tmp_path / "notes.txt")))


def test_faces_are_not_sought_in_digits() -> None:
    with pytest.raises(SettingsError, match=r"`data\.align` faces: digits"):
        survey(DataConfig("digits", align="faces"))


@pytest.mark.realdata
def test_real_sets(shared_data: Path) -> None:
    cifar = survey(DataConfig(str(shared_data / "cifar10" / "train")))
    assert (cifar.kind, cifar.suggested_size, cifar.aligned) == ("folders", 32, False)
    assert (cifar.classes, cifar.pictures, cifar.channels) == (10, 5000, 3)
    people = survey(DataConfig(str(shared_data / "pins44")))
    assert (people.aligned, people.suggested_size, people.channels) == (True, 112, 3)
    assert (people.classes, people.pictures) == (44, 3520)
    mnist = survey(DataConfig(str(shared_data / "mnist")))
    assert (mnist.kind, mnist.suggested_size, mnist.channels) == ("idx", 28, 1)
