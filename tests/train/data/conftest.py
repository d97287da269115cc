"""Sets made by hand: class folders and CIFAR batches."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support.made_sets import Cifar, MakeFolders, cifar_batch


@pytest.fixture
def folders(tmp_path: Path, rng: np.random.Generator) -> MakeFolders:
    """Write a set of small PNG pictures; gives its folder. counts: pictures of each class."""

    def make(counts: Mapping[str, int], side: int = 12, name: str = "set") -> Path:
        root = tmp_path / name
        for label, count in counts.items():
            (root / label).mkdir(parents=True)
            for number in range(1, count + 1):
                pixels = rng.integers(0, 256, (side, side, 3), np.uint8)
                Image.fromarray(pixels).save(root / label / f"{label}_{number:04d}.png")
        return root

    return make


@pytest.fixture
def cifar(tmp_path: Path, rng: np.random.Generator) -> Cifar:
    """A folder of two batches of five pictures, with the pixels and labels of both."""
    pixels = rng.integers(0, 256, (10, 32, 32, 3), np.uint8)
    labels = [2, 0, 0, 1, 2, 1, 0, 2, 1, 0]
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for batch in (0, 1):
        part = slice(5 * batch, 5 * batch + 5)
        data = cifar_batch(pixels[part], labels[part])
        (folder / f"data_batch_{batch + 1}").write_bytes(data)
    (folder / "test_batch").write_bytes(cifar_batch(pixels[:1], [0]))
    names = [b"plane", b"car", b"bird"]
    (folder / "batches.meta").write_bytes(pickle.dumps({b"label_names": names}, protocol=2))
    return folder, pixels, labels
