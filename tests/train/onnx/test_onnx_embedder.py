"""The module that is exported: crops of any network in, unit embeddings and consistency out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from facecluster.train.onnx.onnx_embedder import OnnxEmbedder  # noqa: E402


def test_grey_is_exactly_that_of_pillow() -> None:
    values = np.arange(0, 256, 5, dtype=np.uint8)
    colours = np.stack(np.meshgrid(values, values, values), axis=-1).reshape(1, -1, 52, 3)
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, pixels):
            seen.append(pixels.numpy())
            return pixels.flatten(1)

    OnnxEmbedder(Spy(), channels=1, mirror=False)(torch.from_numpy(colours))
    wanted = np.asarray(Image.fromarray(colours[0]).convert("L"))
    np.testing.assert_array_equal(seen[0][0, 0], wanted)


def test_the_mirror_view_is_averaged_and_compared() -> None:
    """A network that tells left from right by two numbers of its own."""

    class Sides(torch.nn.Module):
        def forward(self, pixels):
            halves = pixels.mean((1, 2)).reshape(len(pixels), 2, -1).mean(2)
            return torch.nn.functional.normalize(halves, dim=1)

    crops = torch.zeros(1, 4, 4, 3, dtype=torch.uint8)
    crops[:, :, :2], crops[:, :, 2:] = 30, 40  # unit rows (0.6, 0.8), and (0.8, 0.6) mirrored
    embedding, consistency = OnnxEmbedder(Sides(), channels=3, mirror=True)(crops)
    np.testing.assert_allclose(embedding, [[0.5**0.5, 0.5**0.5]], atol=1e-6)
    np.testing.assert_allclose(consistency, [0.96], atol=1e-6)
    embedding, consistency = OnnxEmbedder(Sides(), channels=3, mirror=False)(crops)
    np.testing.assert_allclose(embedding, [[0.6, 0.8]], atol=1e-6)
    assert consistency.tolist() == [1]
