"""What tests of evaluation share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facecluster.evaluate.people.picture_faces import Faces
from tests.support.colour_model import write_colour_model
from tests.support.colours import write_colours


@pytest.fixture
def colour_model(tmp_path: Path) -> Path:
    return write_colour_model(tmp_path / "colour.onnx")


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """A folder of class folders, one for each of COLOURS."""
    return write_colours(tmp_path / "colours")


@pytest.fixture
def make_faces() -> Callable[..., Faces]:
    """Faces from embeddings of any length, 100 px wide and side by side unless boxes are given."""

    def make(rows: object, quality: object = None, boxes: object = None) -> Faces:
        embeddings = np.array(rows, np.float32)
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
        count = len(embeddings)
        if boxes is None:
            boxes = [[110 * i, 50, 100, 120] for i in range(count)]
        trust = np.ones(count) if quality is None else quality
        return Faces(
            np.array(boxes, np.float32).reshape(count, 4),
            np.ones(count, np.float32),
            np.array(trust, np.float32),
            embeddings,
        )

    return make
