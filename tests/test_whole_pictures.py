"""Models of whole pictures: reading and grouping without looking for faces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from facecluster.config import OutputConfig, ReadConfig, Settings
from facecluster.embed.embedder import Embedder
from facecluster.faces.whole import whole_picture
from facecluster.group import group
from facecluster.photos.read import decode, load
from facecluster.reading import DECODED_SIZE, Reader, decoded_size
from tests.support.colour_model import SPEC, write_colour_model


def test_the_picture_is_the_one_face(tmp_path: Path, astronaut: np.ndarray) -> None:
    model = write_colour_model(tmp_path / "m.onnx")
    Image.fromarray(astronaut[:300]).save(tmp_path / "a.png")
    picture = decode(load(tmp_path / "a.png"), decoded_size(SPEC))
    found = Reader(ReadConfig(model=model)).faces(picture)
    assert found.detections.boxes.tolist() == [[106, 0, 300, 300]]
    crop = whole_picture(picture.pixels, SPEC.crop_size)
    np.testing.assert_array_equal(found.embeddings, Embedder(model).embed(crop[None])[0])


def test_photos_are_decoded_as_large_as_the_model_needs() -> None:
    assert decoded_size(SPEC) == 4 * SPEC.crop_size
    assert decoded_size(replace(SPEC, align="faces")) == DECODED_SIZE


def test_groups_of_pictures_too_small_for_any_face(tmp_path: Path) -> None:
    model = write_colour_model(tmp_path / "m.onnx")
    rng = np.random.default_rng(1)
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(8):
        colour = [(220, 60, 60), (60, 60, 220)][number % 2]
        pixels = np.clip(np.array(colour) + rng.integers(-30, 30, (8, 8, 3)), 0, 255)
        Image.fromarray(pixels.astype(np.uint8)).save(photos / f"{number}.png")
    settings = Settings(read=ReadConfig(model=model), output=OutputConfig(tmp_path / "out", "none"))
    report = group(photos, settings)
    assert report.summary.faces_placed == 8
    groups = [[report.faces[f].photo for f in p.faces] for p in report.people]
    assert sorted(sorted(names) for names in groups) == [
        [f"{n}.png" for n in range(0, 8, 2)],
        [f"{n}.png" for n in range(1, 8, 2)],
    ]
