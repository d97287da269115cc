"""Blocks of small pictures at the size and with the channels that are wanted."""

from __future__ import annotations

import numpy as np
from PIL import Image

from facecluster.train.data.arrays import ArraySet, named_by_label, to_pictures
from facecluster.train.data.formats.digits import read_digits


def test_digits_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits

    known, found = load_digits(), read_digits()
    assert np.array_equal(np.rint(found.pixels[..., 0] / 255 * 16), known.images)
    assert [found.classes[label] for label in found.labels] == list(map(str, known.target))
    assert found.own_val == ("7", "8", "9")
    assert not found.flips


def test_a_size_that_fits_leaves_the_pixels_alone() -> None:
    found = read_digits()
    pictures = to_pictures(found, 8, 1)
    assert np.array_equal(pictures.pixels, found.pixels)
    assert pictures.source == "digits of scikit-learn"
    assert pictures.own_val == ("7", "8", "9")
    assert pictures.names[0] == "0/0_0001"
    assert len(set(pictures.names)) == 1797


def test_scaling_keeps_the_mean_and_grey_becomes_three_channels() -> None:
    found = read_digits()
    pictures = to_pictures(found, 32, 3)
    assert pictures.pixels.shape == (1797, 32, 32, 3)
    assert (pictures.pixels == pictures.pixels[..., :1]).all()
    assert abs(pictures.pixels.mean() - found.pixels.mean()) < 2


def test_colour_becomes_luma(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (4, 8, 8, 3), np.uint8)
    made = ArraySet(pixels, np.array([0, 0, 1, 1]), ("a", "b"), True, "made")
    grey = to_pictures(made, 8, 1).pixels
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey[..., 0] - luma).max() <= 1


def test_pictures_that_are_not_square_give_their_middle() -> None:
    pixels = np.zeros((4, 8, 12, 1), np.uint8)
    pixels[:, :, 2:10] = 200
    made = ArraySet(pixels, np.array([0, 0, 1, 1]), ("a", "b"), True, "made")
    assert (to_pictures(made, 8, 1).pixels == 200).all()
    assert Image.fromarray(pixels[0, :, :, 0]).size == (12, 8)


def test_lonely_classes_are_left_out_and_listed() -> None:
    labels, classes = named_by_label(np.array([5, 7, 5, 9, 9]))
    made = ArraySet(np.zeros((5, 8, 8, 1), np.uint8), labels, classes, True, "made")
    pictures = to_pictures(made, 8, 1)
    assert pictures.classes == ("5", "9")
    assert pictures.labels.tolist() == [0, 0, 1, 1]
    assert pictures.names == ("5/5_0001", "5/5_0002", "9/9_0001", "9/9_0002")
    assert pictures.skipped == (("7", "a class with one picture only"),)
