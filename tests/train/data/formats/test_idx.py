"""MNIST's IDX files: good ones, and every way of being bad."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import FaceclusterError
from facecluster.train.data.formats.idx import idx_images, is_idx, read_idx
from tests.support.made_sets import idx_bytes, write_idx

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.fixture
def made(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, 256, (6, 5, 4), np.uint8), np.array([3, 1, 3, 1, 0, 0], np.uint8)


@pytest.mark.parametrize("dot", ["-", "."])
def test_a_folder_with_one_pair(
    tmp_path: Path, made: tuple[np.ndarray, np.ndarray], dot: str
) -> None:
    write_idx(tmp_path, *made, dot=dot)
    found = read_idx(tmp_path)
    assert np.array_equal(found.pixels[..., 0], made[0])
    assert found.classes == ("0", "1", "3")
    assert [found.classes[label] for label in found.labels] == ["3", "1", "3", "1", "0", "0"]
    assert not found.flips


def test_one_file_and_raw_bytes_under_a_name_of_gzip(
    tmp_path: Path, made: tuple[np.ndarray, np.ndarray]
) -> None:
    (tmp_path / f"{IMAGES}.gz").write_bytes(idx_bytes(made[0]))
    (tmp_path / LABELS).write_bytes(idx_bytes(made[1]))
    for name in (f"{IMAGES}.gz", LABELS):
        assert is_idx(tmp_path / name)
        assert len(read_idx(tmp_path / name).pixels) == 6


def test_pairs_of_a_folder_are_joined(tmp_path: Path, made: tuple[np.ndarray, np.ndarray]) -> None:
    write_idx(tmp_path, *made)
    write_idx(tmp_path, made[0][:2], made[1][:2], prefix="train-")
    assert len(read_idx(tmp_path).pixels) == 8
    assert len(read_idx(tmp_path / f"{IMAGES}.gz").pixels) == 6


def test_the_same_file_raw_and_gzipped_counts_once(
    tmp_path: Path, made: tuple[np.ndarray, np.ndarray]
) -> None:
    write_idx(tmp_path, *made)
    (tmp_path / IMAGES).write_bytes(idx_bytes(made[0]))
    assert len(idx_images(tmp_path)) == 1


def test_class_names_sort_like_numbers(tmp_path: Path) -> None:
    labels = np.array([0, 2, 10, 10, 2, 0], np.uint8)
    write_idx(tmp_path, np.zeros((6, 4, 4), np.uint8), labels)
    found = read_idx(tmp_path)
    assert found.classes == ("00", "02", "10")
    assert found.labels.tolist() == [0, 1, 2, 2, 1, 0]


def test_labels_are_missing(tmp_path: Path, made: tuple[np.ndarray, np.ndarray]) -> None:
    (tmp_path / IMAGES).write_bytes(idx_bytes(made[0]))
    with pytest.raises(FaceclusterError, match=f"labels are missing; {LABELS} must lie beside it"):
        read_idx(tmp_path)


def test_counts_differ(tmp_path: Path, made: tuple[np.ndarray, np.ndarray]) -> None:
    write_idx(tmp_path, made[0], made[1][:4])
    with pytest.raises(FaceclusterError, match=r"6 pictures, but t10k-labels\S+ 4 labels"):
        read_idx(tmp_path)


def test_sizes_differ(tmp_path: Path, made: tuple[np.ndarray, np.ndarray]) -> None:
    write_idx(tmp_path, *made)
    write_idx(tmp_path, made[0][:, :4], made[1], prefix="train-")
    with pytest.raises(FaceclusterError, match="different sizes"):
        read_idx(tmp_path)


GOOD = idx_bytes(np.zeros((6, 5, 4), np.uint8))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not an IDX file"),
        (b"\x89PNG" + GOOD, "not an IDX file"),
        (GOOD[:2] + b"\x0d" + GOOD[3:], "expected unsigned bytes of 3 dimensions, got type 0x0d"),
        (idx_bytes(np.zeros(4)), "of 3 dimensions, got type 0x08 of 1"),
        (GOOD[:9], "cut short within its header"),
        (GOOD[:-1], "120 values announced, only 119 found"),
        (GOOD + b"x", "120 values announced, more found"),
        (GOOD[:4] + b"\xff" * 12, "its header announces 4294967295 x"),
        (GOOD[:4] + b"\0\0\0\6" + b"\0" * 8, "its header announces 6 x 0 x 0"),
        (
            GOOD[:4] + b"\0\0\xff\xff\0\0\0\xff\0\0\0\xff",
            "4261413375 values .* only 0 found",
        ),
        (gzip.compress(GOOD, mtime=0)[:-9], "gzip file is damaged or cut short"),
        (b"\x1f\x8b\x08garbage", "gzip file is damaged or cut short"),
    ],
)
def test_bad_files_are_named(
    tmp_path: Path, made: tuple[np.ndarray, np.ndarray], data: bytes, said: str
) -> None:
    write_idx(tmp_path, *made)
    path = tmp_path / f"{IMAGES}.gz"
    path.write_bytes(data)
    with pytest.raises(FaceclusterError, match=said) as caught:
        read_idx(tmp_path)
    assert str(path) in str(caught.value)


def test_no_pictures_at_all(tmp_path: Path) -> None:
    write_idx(tmp_path, np.zeros((0, 4, 4), np.uint8), np.zeros(0, np.uint8))
    with pytest.raises(FaceclusterError, match="holds no pictures"):
        read_idx(tmp_path)


@pytest.mark.realdata
def test_mnist(shared_data: Path) -> None:
    found = read_idx(shared_data / "mnist")
    assert found.pixels.shape == (10000, 28, 28, 1)
    assert np.bincount(found.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert found.own_val == ("7", "8", "9")
