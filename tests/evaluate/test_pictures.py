"""Embedding many pictures: batches, threads, and files that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.embed.embedder import Embedder
from facecluster.errors import FaceclusterError
from facecluster.evaluate.pictures import Cropper, embed_crops, embed_pictures
from facecluster.faces.portraits import Portraits
from facecluster.faces.whole import whole_picture
from facecluster.records import Picture
from tests.support.colour_model import SPEC


@pytest.fixture
def files(tmp_path: Path, rng: np.random.Generator) -> list[Path]:
    """70 pictures, more than two batches, of various sizes."""
    for number in range(70):
        shape = (10 + number % 7, 12 + number % 5, 3)
        pixels = rng.integers(0, 256, shape, dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number:02}.png")
    return sorted(tmp_path.glob("*.png"))


def test_rows_are_in_order_whatever_the_threads(files: list[Path], colour_model: Path) -> None:
    model = Embedder(colour_model)
    one, many = (embed_pictures(model, files, threads) for threads in (1, 4))
    np.testing.assert_array_equal(one.embeddings, many.embeddings)
    assert one.found.all()
    for row in (0, 33, 69):
        crop = whole_picture(np.asarray(Image.open(files[row]).convert("RGB")), SPEC.crop_size)
        np.testing.assert_allclose(model.embed(crop[None])[0][0], one.embeddings[row], atol=1e-6)


def test_progress_counts_every_picture(files: list[Path], colour_model: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    embed_pictures(Embedder(colour_model), files, 2, lambda *news: heard.append(news))
    assert heard == [("read", 32, 70), ("read", 64, 70), ("read", 70, 70)]


def test_a_damaged_picture_is_named(files: list[Path], colour_model: Path) -> None:
    files[40].write_bytes(files[40].read_bytes()[:60])
    with pytest.raises(FaceclusterError, match=r"40\.png: cannot be read \("):
        embed_pictures(Embedder(colour_model), files)


def test_or_listed(files: list[Path], colour_model: Path) -> None:
    model = Embedder(colour_model)
    whole = embed_pictures(model, files)
    files[40].write_bytes(b"")
    files[41].unlink()
    seen = embed_pictures(model, files, tolerant=True)
    assert [row for row, _ in seen.problems] == [40, 41]
    assert "40.png: cannot be read (empty file)" in seen.problems[0][1]
    assert seen.usable.sum() == 68
    assert not seen.embeddings[40:42].any()
    np.testing.assert_array_equal(np.delete(seen.embeddings, [40, 41], 0),
                                  np.delete(whole.embeddings, [40, 41], 0))  # fmt: skip


def test_no_pictures(colour_model: Path) -> None:
    assert embed_pictures(Embedder(colour_model), []).embeddings.shape == (0, 3)


def test_faces_are_cropped_as_portraits(astronaut: np.ndarray) -> None:
    spec = Embedder().spec
    picture = Picture(astronaut, 512, 512)
    crop, found = Cropper(spec).crop(picture)
    assert found
    template = np.asarray(spec.template, np.float32)
    np.testing.assert_array_equal(crop, Portraits().crop(picture, template, spec.crop_size))


def test_a_picture_without_a_face_gives_its_middle() -> None:
    crop, found = Cropper(Embedder().spec).crop(
        Picture(np.full((100, 100, 3), 128, np.uint8), 100, 100)
    )
    assert not found
    assert crop.shape == (150, 150, 3)
    assert (crop == 128).all()


def test_a_model_of_whole_pictures_looks_for_no_face(astronaut: np.ndarray) -> None:
    spec = replace(SPEC, crop_size=64)
    crop, found = Cropper(spec).crop(Picture(astronaut, 512, 512))
    assert found
    np.testing.assert_array_equal(crop, whole_picture(astronaut, 64))


def test_crops_that_are_cut_already(colour_model: Path, rng: np.random.Generator) -> None:
    model = Embedder(colour_model)
    pixels = rng.integers(0, 256, (50, 8, 8, 3), dtype=np.uint8)
    rows = rng.permutation(50)[:40]
    seen = embed_crops(model, pixels, rows)
    np.testing.assert_array_equal(seen.embeddings, model.embed(pixels[rows])[0])
    grey = pixels[..., :1]
    np.testing.assert_array_equal(
        embed_crops(model, grey, rows).embeddings,
        model.embed(np.repeat(grey[rows], 3, axis=3))[0],
    )
