"""Sets of every kind as pictures, and the pairs that judge them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import FaceclusterError, SettingsError
from facecluster.train.config import DataConfig, TrainConfig
from facecluster.train.data.load import load, load_pairs, names_of_pairs
from facecluster.train.data.pair_rows import draw_pairs
from facecluster.train.data.picture_names import names_and_labels
from facecluster.train.data.split import split
from facecluster.train.data.survey import survey
from tests.support.made_sets import Cifar, MakeFolders, silent


@pytest.fixture
def people(tmp_path: Path, astronaut: np.ndarray, hopper: np.ndarray) -> Path:
    """Two people, three photos each, and the sea among them."""
    root = tmp_path / "people"
    for name, pixels in (("eileen", astronaut), ("grace", hopper)):
        (root / name).mkdir(parents=True)
        for number, factor in enumerate((1, 2, 3), start=1):
            small = Image.fromarray(pixels).reduce(factor)
            small.save(root / name / f"{name}_{number:04d}.jpg", quality=95)
    Image.new("RGB", (320, 240), (40, 90, 140)).save(root / "grace" / "sea.jpg")
    return root


def test_people_are_aligned_and_the_sea_is_skipped(people: Path, tmp_path: Path) -> None:
    config = DataConfig(str(people))
    found = load(config, None, None, silent, tmp_path / "cache")
    assert (found.size, found.channels, found.aligned) == (112, 3, True)
    assert found.classes == ("eileen", "grace")
    assert len(found) == 6
    assert found.skipped == (("grace/sea.jpg", "no face found"),)
    crops = found.pixels.reshape(6, -1).astype(float)
    likeness = np.corrcoef(crops)  # the same person at three sizes, on the same template
    same = found.labels[:, None] == found.labels
    assert likeness[same].min() > likeness[~same].max() + 0.1


def test_whole_pictures(people: Path, tmp_path: Path) -> None:
    found = load(DataConfig(str(people), align="none"), 64, 1, silent, tmp_path / "cache")
    assert (found.size, found.channels, found.aligned, len(found)) == (64, 1, False, 7)
    assert found.flips
    assert found.source == str(people)


def test_with_a_survey_the_second_load_decodes_nothing(people: Path, tmp_path: Path) -> None:
    config = DataConfig(str(people))
    seen = survey(config)
    first = load(config, 48, 3, silent, tmp_path / "cache", 1, seen)
    for file in people.rglob("*.jpg"):  # nothing is left that could be decoded
        status = file.stat()
        file.write_bytes(bytes(status.st_size))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = load(config, 48, 3, silent, tmp_path / "cache", 1, seen)
    assert np.array_equal(again.pixels, first.pixels)
    assert again.aligned


def test_when_no_face_is_found_the_way_out_is_named(folders: MakeFolders, tmp_path: Path) -> None:
    root = folders({"a": 2, "b": 2}, side=70)
    config = DataConfig(str(root), align="faces")
    with pytest.raises(SettingsError, match="no face found"):
        load(config, None, None, silent, tmp_path / "cache")


def test_the_configuration_decides_what_the_caller_leaves_open(
    folders: MakeFolders, tmp_path: Path
) -> None:
    config = DataConfig(str(folders({"a": 2, "b": 2})), image_size=20, grayscale=True)
    found = load(config, None, None, silent, tmp_path)
    assert (found.size, found.channels) == (20, 1)


def test_digits_need_no_cache(tmp_path: Path) -> None:
    found = load(DataConfig("digits"), None, None, silent, tmp_path / "cache")
    assert found.pixels.shape == (1797, 16, 16, 1)
    assert not (tmp_path / "cache").exists()
    parts = split(found, DataConfig("digits"), 0)
    assert {found.classes[i] for i in found.labels[parts.unseen]} == {"7", "8", "9"}


def write_list(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_pairs_of_another_folder(folders: MakeFolders, tmp_path: Path) -> None:
    train = folders({"a": 3, "b": 3}, name="train-set")
    test = folders({"a": 2, "b": 2}, name="test-set")
    listed = write_list(tmp_path / "pairs.txt", "1\t1", "a\t1\t2", "a\t1\tb\t2")
    config = DataConfig(str(train), pairs=listed, pairs_images=test)
    like = load(config, 12, 3, silent, tmp_path / "cache")
    paired, pairs = load_pairs(config, like, silent, tmp_path / "cache")
    assert paired.names == ("a/a_0001.png", "a/a_0002.png", "b/b_0002.png")
    assert np.array_equal(paired.pixels[2], np.asarray(Image.open(test / "b" / "b_0002.png")))
    assert pairs.first.tolist() == [0, 0]
    assert pairs.second.tolist() == [1, 2]
    assert names_of_pairs(config, paired) == ()
    assert len(split(like, config, 0).train) == 6


def test_pairs_of_the_set_itself_are_kept_from_training(
    folders: MakeFolders, tmp_path: Path
) -> None:
    root = folders({"a": 4, "b": 4})
    listed = write_list(tmp_path / "pairs.txt", "1\t1", "a\t1\t2", "a\t1\tb\t2")
    for images in (None, root):
        config = DataConfig(str(root), pairs=listed, pairs_images=images)
        like = load(config, 12, 3, silent, tmp_path / "cache")
        paired, pairs = load_pairs(config, like, silent, tmp_path / "cache")
        kept = names_of_pairs(config, paired)
        assert kept == ("a/a_0001.png", "a/a_0002.png", "b/b_0002.png")
        parts = split(like, config, 0, kept)
        assert not {like.names[row] for row in parts.train} & set(kept)
        assert len(parts.train) + len(parts.holdout) == 5
        assert len(pairs) == 2


def test_a_picture_without_a_face_stays_in_its_pair(people: Path, tmp_path: Path) -> None:
    listed = write_list(
        tmp_path / "pairs.txt", "1\t1", "grace\t1\tsea.jpg", "eileen\t1\tgrace\tsea.jpg"
    )
    config = DataConfig(str(people), pairs=listed)
    like = load(config, None, None, silent, tmp_path / "cache")
    paired, pairs = load_pairs(config, like, silent, tmp_path / "cache")
    assert len(pairs) == 2
    assert paired.aligned
    assert np.abs(paired.pixels[2].astype(int) - (40, 90, 140)).max() <= 3


def test_an_unreadable_picture_of_the_pairs_is_named(folders: MakeFolders, tmp_path: Path) -> None:
    root = folders({"a": 4, "b": 4})
    (root / "b" / "b_0002.png").write_bytes(b"text")
    listed = write_list(tmp_path / "pairs.txt", "1\t1", "a\t1\t2", "a\t1\tb\t2")
    config = DataConfig(str(root), pairs=listed)
    like = load(config, 12, 3, silent, tmp_path / "cache")
    with pytest.raises(FaceclusterError, match=r"b_0002\.png, named by .*pairs\.txt: not a photo"):
        load_pairs(config, like, silent, tmp_path / "cache")


def test_absent_pictures_of_the_pairs_are_named(folders: MakeFolders, tmp_path: Path) -> None:
    listed = write_list(tmp_path / "pairs.txt", "1\t1", "a\t1\t9", "a\t1\tb\t7")
    config = DataConfig(str(folders({"a": 4, "b": 4})), pairs=listed)
    like = load(config, 12, 3, silent, tmp_path / "cache")
    with pytest.raises(FaceclusterError, match=r"2 pictures .*: a/a_0009\.jpg, b/b_0007\.jpg"):
        load_pairs(config, like, silent, tmp_path / "cache")


def test_pairs_of_digits(tmp_path: Path) -> None:
    listed = write_list(tmp_path / "pairs.txt", "1\t1", "3\t1\t2", "3\t1\t4\t2")
    config = DataConfig("digits", pairs=listed)
    like = load(config, 8, 1, silent, tmp_path / "cache")
    paired, pairs = load_pairs(config, like, silent, tmp_path / "cache")
    names = [paired.names[row] for row in (*pairs.first, *pairs.second)]
    assert names == ["3/3_0001", "3/3_0001", "3/3_0002", "4/4_0002"]


def test_names_are_those_of_the_pictures(
    folders: MakeFolders, cifar: Cifar, tmp_path: Path
) -> None:
    for dataset in (str(folders({"a": 2, "b": 3})), "digits", str(cifar[0])):
        found = load(DataConfig(dataset), 12, 3, silent, tmp_path / "cache")
        names, labels = names_and_labels(dataset)
        assert names == found.names
        assert np.array_equal(labels, found.labels)


def test_the_configuration_survives_as_json(tmp_path: Path) -> None:
    data = DataConfig("digits", pairs=Path("p.txt"), pairs_images=Path("images"))
    config = TrainConfig(data)
    assert TrainConfig.from_json(config.to_json()) == config


def test_no_torch_is_loaded() -> None:
    code = (
        "import sys; import facecluster.train.data.load, facecluster.train.data.split;"
        "import facecluster.train.data.picture_names, facecluster.cli.pairs;"
        "assert not {'torch', 'onnx', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.realdata
def test_some_of_pins(shared_data: Path, tmp_path: Path) -> None:
    root = tmp_path / "pins"
    for person in sorted((shared_data / "pins44").iterdir())[:5]:
        (root / person.name).mkdir(parents=True)
        for file in sorted(person.iterdir())[:8]:
            (root / person.name / file.name).symlink_to(file)
    config = DataConfig(str(root))
    found = load(config, None, None, silent, tmp_path / "cache")
    assert found.aligned
    assert found.pixels.shape == (40, 112, 112, 3)
    parts = split(found, config, 0)
    pairs = draw_pairs(found.labels, parts.unseen, 3000, 0)
    assert pairs.same.sum() == (~pairs.same).sum() == 50  # of 56 same ones, ten folds alike


@pytest.mark.realdata
def test_mnist_and_cifar(shared_data: Path, tmp_path: Path) -> None:
    digits = load(DataConfig(str(shared_data / "mnist")), 32, 1, silent, tmp_path)
    assert digits.pixels.shape == (10000, 32, 32, 1)
    assert digits.own_val == ("7", "8", "9")
    cifar = load(DataConfig(str(shared_data / "cifar10" / "test")), None, None, silent, tmp_path)
    assert cifar.pixels.shape == (3000, 32, 32, 3)
    assert cifar.skipped == ()
