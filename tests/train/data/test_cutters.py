"""Crops of photos: faces on the template, or whole pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.faces.align import FACE_TEMPLATE, align
from facecluster.faces.detect import Detector
from facecluster.faces.refine import refine
from facecluster.records import Picture
from facecluster.train.data.cutters import AlignedFace, WholePicture, cutter, show_faces


def png(pixels: np.ndarray, **settings: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **settings)
    return file.getvalue()


def picture(pixels: np.ndarray) -> Picture:
    return Picture(pixels, pixels.shape[1], pixels.shape[0])


def steady(photo: Picture) -> np.ndarray:
    """float32 [N, 5, 2]: the landmarks that crops are cut by."""
    detector = Detector(device="cpu")
    return refine(detector, photo, detector.detect(photo)).landmarks


def test_a_face_lies_on_the_template(astronaut: np.ndarray) -> None:
    crop = AlignedFace(112, 3)(png(astronaut))
    points = steady(picture(astronaut))
    expected = align(astronaut, points, np.asarray(FACE_TEMPLATE, np.float32) * 112, 112)[0]
    assert np.array_equal(crop, expected)


def test_the_crop_shows_the_face_where_it_should(astronaut: np.ndarray, hopper: np.ndarray) -> None:
    large = Image.fromarray(astronaut).resize((2300, 2300), Image.Resampling.BICUBIC)
    for photo in (hopper, np.asarray(large)):  # the large one is not decoded at its full size
        crop = AlignedFace(224, 3)(png(photo))
        [points] = steady(picture(crop))
        assert np.abs(points / 224 - FACE_TEMPLATE).max() < 0.05


def test_a_turned_photo_gives_the_same_crop(astronaut: np.ndarray) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera lay on its side
    data = png(np.ascontiguousarray(np.rot90(astronaut)), exif=turned)
    assert np.array_equal(AlignedFace(112, 3)(data), AlignedFace(112, 3)(png(astronaut)))


def test_without_a_face_the_picture_is_refused_or_its_middle_stands_in() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[20:80, 20:80] = 90
    with pytest.raises(PhotoError, match="no face found"):
        AlignedFace(64, 3)(png(pixels))
    assert (AlignedFace(64, 3, stand_in=True)(png(pixels)) == 90).all()


def test_a_whole_picture_is_its_middle_square(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (32, 48, 3), np.uint8)
    assert np.array_equal(WholePicture(32, 3)(png(pixels)), pixels[:, 8:40])
    grey = WholePicture(32, 1)(png(pixels))
    assert grey.shape == (32, 32, 1)
    assert np.array_equal(grey[..., 0], np.asarray(Image.fromarray(pixels[:, 8:40]).convert("L")))


def test_no_photo_is_a_reason(tmp_path: object) -> None:
    for cut in (WholePicture(32, 3), AlignedFace(32, 3)):
        with pytest.raises(PhotoError, match="not a photo"):
            cut(b"this is text, and nothing else")


def test_what_decides_a_crop_is_in_its_id() -> None:
    ids = [cutter(False, 32, 3).id, cutter(True, 32, 3).id, cutter(True, 32, 3, True).id]
    assert len(set(ids)) == 3


def test_most_pictures_must_show_a_face(astronaut: np.ndarray, hopper: np.ndarray) -> None:
    faces = [picture(astronaut), picture(hopper)]
    sea = picture(np.full((300, 300, 3), (40, 90, 140), np.uint8))
    tiny = picture(np.asarray(Image.fromarray(astronaut).resize((48, 48))))
    assert show_faces([*faces, sea])
    assert not show_faces([*faces, sea, sea])
    assert not show_faces([*faces, tiny, tiny])
    assert not show_faces([tiny])
